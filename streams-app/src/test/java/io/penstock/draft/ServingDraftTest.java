package io.penstock.draft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.config.ModelConfig;
import io.penstock.config.PenstockConfig;
import io.penstock.config.VersionsConfig;
import io.penstock.config.load.ConfigLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ServingDraftTest {

  /** With all that TensorFlow Serving's documentation has. */
  private static final String MODELS =
      """
      # comments, and both ways to write a message
      model_config_list {
        config {
          name: 'half_plus_two'
          base_path: '/models/half_plus_two'
          model_platform: 'tensorflow'
          model_version_policy { specific { versions: 42 versions: 43 } }
          version_labels { key: 'stable' value: 42 }
          version_labels { key: 'canary' value: 43 }
        }
        config: {
          name: 'all', base_path: '/models/all', model_type: TENSORFLOW
          model_version_policy: { all: {} }
          logging_config { sampling_config { sampling_rate: 0.1 } }
        }
        config { name: 'two' base_path: 's3://models/two' model_version_policy { latest { num_versions: 2 } } }
        config { name: 'plain' base_path: '/models/plain' }
        config { name: 'foreign' base_path: '/models/foreign' model_platform: 'pytorch' }
      }
      """;

  private static final String BATCHING =
      """
      max_batch_size { value: 32 }
      batch_timeout_micros { value: 1500 }
      max_enqueued_batches { value: 100 }
      num_batch_threads { value: 4 }
      thread_pool_name { value: 'pool' }
      allowed_batch_sizes: 8
      allowed_batch_sizes: 32
      pad_variable_length_inputs: true
      """;

  @TempDir private Path folder;

  @Test
  void shouldBeAConfigurationThatAnswersAsBefore() throws IOException {
    PenstockConfig config = load(draft(MODELS, BATCHING));

    assertThat(config.models().keySet()).containsExactly("half_plus_two", "all", "two", "plain");
    assertThat(config.models().values())
        .extracting(ModelConfig::versions)
        .containsExactly(
            new VersionsConfig(VersionsConfig.Policy.SPECIFIC, 1, List.of(42L, 43L)),
            new VersionsConfig(VersionsConfig.Policy.ALL, 1, List.of()),
            new VersionsConfig(VersionsConfig.Policy.LATEST, 2, List.of()),
            new VersionsConfig(VersionsConfig.Policy.LATEST, 1, List.of()));
    assertThat(config.models().values())
        .extracting(ModelConfig::promotion)
        .containsOnly(ModelConfig.Promotion.AUTOMATIC);
    assertThat(config.model("half_plus_two").path()).isEqualTo(Path.of("/models/half_plus_two"));
    assertThat(config.requests().batch().rows()).isEqualTo(32);
    assertThat(config.requests().batch().allowedSizes()).containsExactly(8, 32);
    assertThat(config.requests().batch().linger()).isEqualTo(Duration.ofNanos(1_500_000));
    assertThat(config.requests().maxQueuedRows()).isEqualTo(3_328);
    assertThat(config.inference().threads()).isEqualTo(4);
    assertThat(config.grpc().orElseThrow().listen()).hasToString("127.0.0.1:8500");
    assertThat(config.rest()).hasToString("127.0.0.1:8501");
  }

  @Test
  void shouldSayWhatHasNoCounterpart() throws IOException {
    ServingDraft draft = draft(MODELS, BATCHING);

    assertThat(draft.remarks())
        .containsExactly(
            "model half_plus_two: labels are given by command: ./penstock label half_plus_two"
                + " canary 43",
            "model half_plus_two: labels are given by command: ./penstock label half_plus_two"
                + " stable 42",
            "model all: logging_config has no counterpart: requests are not logged",
            "model two: base_path s3://models/two is no local folder: bring its versions to one",
            "model foreign: left out, its model_platform is pytorch: Penstock serves TensorFlow's"
                + " SavedModels",
            "pad_variable_length_inputs has no counterpart: requests with rows of other lengths are"
                + " run in batches of their own",
            "thread_pool_name has no counterpart: all models share the inference threads");
    assertThat(draft.yaml()).contains(draft.remarks());
  }

  @Test
  void shouldRunWhatIsExecutedAtOnce() throws IOException {
    ServingDraft draft =
        draft(
            MODELS,
            """
            max_batch_size { value: 64 }
            enable_large_batch_splitting { value: true }
            max_execution_batch_size { value: 16 }
            allowed_batch_sizes: [4, 8]
            """);

    assertThat(load(draft).requests().batch().rows()).isEqualTo(16);
    assertThat(draft.remarks())
        .contains(
            "allowed_batch_sizes [4, 8] do not end with the batch size 16: left out",
            "max_batch_size: a request of any size is split into runs of max_execution_batch_size");
  }

  @Test
  void shouldSayWhereAFileIsNotUnderstood() {
    assertThatThrownBy(() -> draft("model_config_list {\n  config { nam: 'x' } }", BATCHING))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("models.config:2:")
        .hasMessageContaining("(expected: tensorflow.serving.ModelServerConfig");
    assertThatThrownBy(() -> draft(MODELS, "max_batch_size: 3"))
        .hasMessageStartingWith("--batching-parameters: ");
    assertThatThrownBy(() -> draft("", BATCHING))
        .hasMessageContaining("no model of TensorFlow in models.config");
    assertThatThrownBy(() -> draft("model_config_list { config { name: 'a b' } }", BATCHING))
        .hasMessageStartingWith("--models-config: name: a b (expected: ");
  }

  @Test
  void shouldQuoteWhatYamlWouldReadAsSomethingElse() throws IOException {
    List<String> names = List.of("123", "1e3", "0x10", "yes", "Off", "null", "2026-11-23", "1.5");
    StringBuilder models = new StringBuilder("model_config_list {");
    names.forEach(
        name ->
            models.append(
                "config {name: '%1$s' base_path: '/m: %1$s # \\\\ \\t x'}".formatted(name)));

    ServingDraft draft = draft(models.append('}').toString(), "");

    assertThat(names).allSatisfy(name -> assertThat(draft.yaml()).contains("  \"" + name + "\":"));
    PenstockConfig config = load(draft);
    assertThat(config.models().keySet()).containsExactlyElementsOf(names);
    assertThat(config.model("123").path()).isEqualTo(Path.of("/m: 123 # \\ \t x"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "custom_model_config { [type.googleapis.com/other.Config] { a: 1 } }",
        "model_config_list { config { name: 'x' logging_config { custom_logging_config {"
            + " [type.googleapis.com/other.Config] { a: 1 } } } } }"
      })
  void shouldSayThatExtensionsHaveNoCounterpart(String models) {
    assertThatThrownBy(() -> draft(models, BATCHING))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("models.config:1 has a message of TensorFlow Serving's own")
        .hasMessageContaining("leave it out");
  }

  private ServingDraft draft(String models, String batching) throws IOException {
    return new ServingDraft(
        "serving",
        "localhost:9092",
        "models.config",
        ServingFiles.read(
            Files.writeString(folder.resolve("models.config"), models),
            Optional.of(Files.writeString(folder.resolve("batching.config"), batching))));
  }

  private PenstockConfig load(ServingDraft draft) throws IOException {
    Path file = Files.writeString(folder.resolve("serving.yaml"), draft.yaml());
    return new ConfigLoader(Map.of(), 2, 1L << 30).load(file).config();
  }
}

package io.penstock.config.change;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.config.PenstockConfig;
import io.penstock.config.load.ConfigLoader;
import io.penstock.config.load.EffectiveConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ConfigDifferenceTest {

  private static final String BASE =
      """
      service: scoring
      kafka: {bootstrap.servers: "kafka:9092", sasl.jaas.config: "${file:secret}"}
      models:
        fraud: {path: fraud}
        cars: {path: cars}
      pipelines:
        a: {model: fraud, start-from: earliest, input: {topic: ai, format: json}, output: {topic: ao, format: json}, dead-letters: {topic: ad}}
        b: {model: fraud, start-from: earliest, input: {topic: bi, format: json}, output: {topic: bo, format: json}, dead-letters: {topic: bd}}
        c: {model: cars, start-from: earliest, input: {topic: ci, format: json}, output: {topic: co, format: json}, dead-letters: {topic: cd}}
      """;

  @TempDir private Path folder;

  @Test
  void shouldFindNothingInTheSameTwice() {
    ConfigDifference difference = between(BASE, BASE);

    assertThat(difference.isEmpty()).isTrue();
    assertThat(difference.pipelines().unchanged()).containsExactly("a", "b", "c");
  }

  @Test
  void shouldNotMindWhereInTheFileItStands() {
    String moved = "# A comment\n\n" + BASE.replace("models:", "control: {}\nmodels:");

    assertThat(between(BASE, moved).isEmpty()).isTrue();
  }

  @Test
  void shouldTellAddedChangedRemovedAndUnchangedApart() {
    String next =
        BASE.replace("topic: bo,", "topic: other,")
            .replace("  c: {model: cars,", "  d: {model: cars,");

    assertThat(between(BASE, next))
        .hasToString(
            "pipelines added=[d] changed=[b] removed=[c] unchanged=[a]"
                + " models added=[] changed=[] removed=[] unchanged=[cars, fraud]");
  }

  @Test
  void shouldChangeThePipelinesOfAModelWithIt() {
    String next = BASE.replace("fraud: {path: fraud}", "fraud: {path: elsewhere}");

    ConfigDifference difference = between(BASE, next);

    assertThat(difference.models().changed()).containsExactly("fraud");
    assertThat(difference.pipelines().changed()).containsExactly("a", "b");
    assertThat(difference.pipelines().unchanged()).containsExactly("c");
  }

  @Test
  void shouldMovePipelinesFromAModelThatIsRemoved() {
    String next =
        BASE.replace("  cars: {path: cars}\n", "").replace("c: {model: cars", "c: {model: fraud");

    ConfigDifference difference = between(BASE, next);

    assertThat(difference.models().removed()).containsExactly("cars");
    assertThat(difference.pipelines().changed()).containsExactly("c");
  }

  @Test
  void shouldBeginAnewWhatHasHalted() {
    PenstockConfig same = load(BASE).config();

    ConfigDifference difference = ConfigDifference.between(same, same, Set.of(), Set.of("b"));

    assertThat(difference.pipelines().changed()).containsExactly("b");
    assertThat(difference.pipelines().leaving()).containsExactly("b");
    assertThat(difference.pipelines().coming()).containsExactly("b");
    assertThat(difference.models().isEmpty()).isTrue();
  }

  @Test
  void shouldTellTheSchemaOfCopiedFieldsByItsContent() throws IOException {
    String text =
        BASE.replace("models:", "registry: {schema.registry.url: \"http://r:1\"}\nmodels:")
            .replace(
                "output: {topic: ao, format: json}",
                "output: {topic: ao, format: avro, copy: [id], copy-schema: copied.avsc}");
    Path file = folder.resolve("copied.avsc");
    String schema =
        """
        {"type": "record", "name": "Copied", "fields": [{"name": "id", "type": "long"}]}
        """;
    Files.writeString(file, schema);
    PenstockConfig before = load(text).config();
    assertThat(ConfigDifference.between(before, load(text).config(), Set.of(), Set.of()))
        .matches(ConfigDifference::isEmpty);

    Files.writeString(file, schema.replace("long", "string"));

    assertThat(
            ConfigDifference.between(before, load(text).config(), Set.of(), Set.of())
                .pipelines()
                .changed())
        .containsExactly("a");
  }

  @Test
  void shouldBeginAModelAnewWithItsPipelines() {
    PenstockConfig same = load(BASE).config();

    ConfigDifference difference = ConfigDifference.between(same, same, Set.of("fraud"), Set.of());

    assertThat(difference.models().changed()).containsExactly("fraud");
    assertThat(difference.pipelines().changed()).containsExactly("a", "b");
    assertThat(ConfigDifference.none(same).isEmpty()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "service: scoring, service: other, service",
    "kafka:9092, other:9092, kafka.bootstrap.servers",
    "models:, 'control: {max-staleness: 20s}\nmodels:', control.max-staleness",
    "models:, 'http: {listen: \"127.0.0.1:1\"}\nmodels:', http.listen",
    "models:, 'inference: {threads: 7}\nmodels:', inference.threads",
    "models:, 'requests: {rest: none}\nmodels:', requests.rest",
    "models:, 'registry: {schema.registry.url: \"http://r:1\"}\nmodels:', registry.schema.registry.url"
  })
  void shouldNameTheKeysThatTakeARestart(String now, String next, String key) {
    EffectiveConfig before = load(BASE);
    EffectiveConfig after = load(BASE.replace(now, next));

    assertThat(FixedKeys.unlike(before, before)).isEmpty();
    assertThat(FixedKeys.unlike(before, after)).containsExactly(key);
    assertThat(FixedKeys.unlike(after, before)).containsExactly(key);
  }

  @Test
  void shouldNameSecretsThatAreOthers() {
    EffectiveConfig before = load(BASE);
    EffectiveConfig after = load(BASE, "another");

    assertThat(FixedKeys.unlike(before, after)).containsExactly("kafka.sasl.jaas.config");
  }

  @Test
  void shouldNameTheSectionOfASecretThatHasNoOtherName() {
    String token = BASE + "http: {tls: {keystore: k, keystore-password: \"${file:secret}\"}}\n";
    token = token.replace(", sasl.jaas.config: \"${file:secret}\"", "");

    assertThat(FixedKeys.unlike(load(token), load(token, "another"))).containsExactly("http");
  }

  @Test
  void shouldLeaveModelsAndPipelinesToTheDifference() {
    String next = BASE.replace("path: cars", "path: others").replace("topic: ao", "topic: oa");

    assertThat(FixedKeys.unlike(load(BASE), load(next))).isEmpty();
  }

  private ConfigDifference between(String now, String next) {
    return ConfigDifference.between(load(now).config(), load(next).config(), Set.of(), Set.of());
  }

  private EffectiveConfig load(String text) {
    return load(text, "one");
  }

  private EffectiveConfig load(String text, String secret) {
    try {
      Path held = Files.writeString(folder.resolve("secret"), secret);
      Path file =
          Files.writeString(
              folder.resolve("penstock.yaml"), text.replace("file:secret", "file:" + held));
      return new ConfigLoader(Map.of(), 2, 1L << 30).load(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

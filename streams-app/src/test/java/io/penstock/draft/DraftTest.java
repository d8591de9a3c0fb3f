package io.penstock.draft;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.config.PenstockConfig;
import io.penstock.config.PipelineConfig;
import io.penstock.config.load.ConfigLoader;
import io.penstock.model.DType;
import io.penstock.model.ModelSignature;
import io.penstock.model.TensorSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DraftTest {

  private static final TensorSpec AMOUNT = new TensorSpec("amount", DType.FLOAT32, List.of(-1L));
  private static final TensorSpec SCORE = new TensorSpec("score", DType.FLOAT32, List.of(-1L, 1L));
  private static final Draft.Topics TOPICS = new Draft.Topics("payments", "scores", "dead");

  @TempDir private Path folder;

  @Test
  void shouldBeAConfigurationWithARegistry() throws IOException {
    PenstockConfig config =
        load(
            draft(
                "http://localhost:8081",
                "avro",
                "score_all",
                List.of(
                    new FieldProposal(
                        AMOUNT, "card.amount", "the only field left that fits", true))));

    var pipeline = config.pipeline("payments-fraud");
    assertThat(config.service()).isEqualTo("scoring");
    assertThat(config.registry()).containsEntry("schema.registry.url", "http://localhost:8081");
    assertThat(config.model("fraud").path()).isEqualTo(folder.resolve("my models: \"fraud\""));
    assertThat(pipeline.signature()).isEqualTo("score_all");
    assertThat(pipeline.input().fields()).containsEntry("amount", List.of("card.amount"));
    assertThat(pipeline.input().casts()).containsEntry("amount", PipelineConfig.Cast.NARROWING);
    assertThat(pipeline.output().topic()).isEqualTo("scores");
    assertThat(pipeline.deadLetters().topic()).isEqualTo("dead");
  }

  @Test
  void shouldBeAConfigurationWithoutARegistry() throws IOException {
    PenstockConfig config = load(draft(null, "json", "serving_default", List.of()));

    assertThat(config.registry()).isEmpty();
    assertThat(config.pipeline("payments-fraud").input().format()).isEqualTo("json");
  }

  @Test
  void shouldSayWhatFeedsWhat() {
    assertThat(
            draft(
                    "http://localhost:8081",
                    "avro",
                    "serving_default",
                    List.of(
                        new FieldProposal(
                            AMOUNT, "card.amount", "the only field left that fits", false)))
                .yaml())
        .contains(
            "        amount: card.amount             # float32[-1]; the only field left that fits")
        .contains("# score: float32[-1,1]")
        .doesNotContain("signature:");
  }

  private Draft draft(
      @Nullable String registry, String format, String signature, List<FieldProposal> fields) {
    return new Draft(
        "scoring",
        "localhost:9092,other:9092",
        registry,
        format,
        "fraud",
        folder.resolve("my models: \"fraud\""),
        new ModelSignature(signature, List.of(AMOUNT), List.of(SCORE)),
        TOPICS,
        fields);
  }

  private PenstockConfig load(Draft draft) throws IOException {
    Path file = Files.writeString(folder.resolve("fraud.yaml"), draft.yaml());
    return new ConfigLoader(Map.of(), 2, 1L << 30).load(file).config();
  }
}

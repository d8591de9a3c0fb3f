package io.penstock.check.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.check.Configs;
import io.penstock.check.Examples;
import io.penstock.check.Verdict;
import io.penstock.check.model.CheckedPipeline;
import io.penstock.check.model.ModelFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.avro.Schema;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The schemas that a pipeline reads and writes, before and after they are registered. */
final class RegistryChecksTest {

  private static final String PREDICTIONS = "io.penstock.predictions.digits_serving_default";
  private static final String DEAD_LETTER = "io.penstock.schemas.DeadLetter";

  private final FakeRegistry registry = new FakeRegistry();
  @TempDir private Path folder;

  @BeforeEach
  void installVersions() throws IOException {
    Examples.install("digits", 1, folder.resolve("1"));
    Examples.install("digits", 2, folder.resolve("2"));
  }

  @Test
  void shouldSayHowToRegisterWhatIsMissing() {
    assertThat(check(false))
        .containsExactly(
            "OK       registry: answers",
            "WARNING  schema images-value: not registered yet, so that the fields of pipeline p could"
                + " not be checked against it",
            "FAILED   schema digits-value: "
                + PREDICTIONS
                + " is not registered (to register it: penstock schema register --config p.yaml)",
            "FAILED   schema dead-value: "
                + DEAD_LETTER
                + " is not registered (to register it: penstock schema register --config p.yaml)");
  }

  @Test
  void shouldAcceptWhatMayBeRegistered() {
    assertThat(check(true))
        .contains(
            "OK       schema digits-value: "
                + PREDICTIONS
                + " will be registered (auto.register.schemas: true)");
  }

  @Test
  void shouldRegisterEachSchemaOnceAndFindItThereThen() {
    registry.register("images-value", recordOf("\"array\", \"items\": \"float\""));

    List<String> registered = register();
    List<String> again = register();

    assertThat(registered)
        .containsExactly(
            "OK       schema digits-value: " + PREDICTIONS + " registered, id 2",
            "OK       schema dead-value: " + DEAD_LETTER + " registered, id 3");
    assertThat(again)
        .containsExactly(
            "OK       schema digits-value: " + PREDICTIONS + " is there already, id 2",
            "OK       schema dead-value: " + DEAD_LETTER + " is there already, id 3");
    assertThat(check(false))
        .containsExactly(
            "OK       registry: answers",
            "OK       schema images-value: version 1, id 1, has the fields: pixels from pixels",
            "OK       schema digits-value: " + PREDICTIONS + " is registered, id 2",
            "OK       schema dead-value: " + DEAD_LETTER + " is registered, id 3");
  }

  @Test
  void shouldNameFieldInputDtypeAndShapeWhereTheLatestSchemaDoesNotFit() {
    registry.register("images-value", recordOf("\"string\""));

    assertThat(check(true))
        .element(1)
        .asString()
        .startsWith("FAILED   schema images-value: ")
        .contains("pixels", "float32[-1,64]", "string", "(key: pipelines.p.input.fields, ");
  }

  @Test
  void shouldRefuseAnIncompatibleSchema() {
    registry.closeSubject("digits-value");

    assertThat(check(true))
        .contains(
            "FAILED   schema digits-value: "
                + PREDICTIONS
                + " is not compatible with the subject's latest schema; write to another topic, or"
                + " relax the subject's compatibility");
    assertThat(register())
        .containsExactly(
            "FAILED   schema digits-value: refused: 409 Schema being registered is incompatible",
            "OK       schema dead-value: " + DEAD_LETTER + " registered, id 1");
  }

  @Test
  void shouldSayOnceThatTheRegistryIsDown() {
    registry.setDown(true);

    assertThat(check(true))
        .singleElement()
        .asString()
        .startsWith("FAILED   registry: No registry answers");
    assertThat(register()).hasSize(1);
  }

  @Test
  void shouldAskTheRegistryThoughThereAreNoPipelines() {
    RegistryChecks checks = new RegistryChecks(registry, List.of(), false, "p.yaml");

    assertThat(checks.verdicts()).containsExactly(Verdict.ok("registry", "answers"));
    registry.setDown(true);
    assertThat(Verdict.allPass(checks.verdicts())).isFalse();
  }

  @Test
  void shouldNotGuessTheSchemaOfAModelThatIsNotThere() {
    CheckedPipeline pipeline = pipeline(folder.resolve("absent"));

    assertThat(new SchemaRegistration(registry, List.of(pipeline)).register())
        .extracting(Verdict::level)
        .containsExactly(Verdict.Level.FAILED, Verdict.Level.OK);
  }

  private List<String> check(boolean autoRegister) {
    return new RegistryChecks(registry, List.of(pipeline(folder)), autoRegister, "p.yaml")
        .verdicts().stream().map(Verdict::toString).toList();
  }

  private List<String> register() {
    return new SchemaRegistration(registry, List.of(pipeline(folder)))
        .register().stream().map(Verdict::toString).toList();
  }

  private static CheckedPipeline pipeline(Path models) {
    var config =
        Configs.of(
            """
            service: scoring
            kafka: {bootstrap.servers: "kafka:9092"}
            registry: {schema.registry.url: "http://registry:8081"}
            models: {digits: {path: "%s"}}
            pipelines:
              p:
                model: digits
                start-from: earliest
                input: {topic: images}
                output: {topic: digits}
                dead-letters: {topic: dead}
            """
                .formatted(models));
    return new CheckedPipeline(
        "p", config.pipeline("p"), ModelFolder.of("digits", config.model("digits")));
  }

  private static Schema recordOf(String type) {
    return new Schema.Parser()
        .parse(
            """
            {"type": "record", "name": "Image", "fields": [{"name": "pixels", "type": {"type": %s}}]}
            """
                .formatted(type));
  }
}

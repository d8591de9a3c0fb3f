package io.penstock.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.penstock.testkit.AuditTrail;
import io.penstock.testkit.Await;
import io.penstock.testkit.CommittedRecords;
import io.penstock.testkit.OutcomeSource;
import io.penstock.testkit.Penstock;
import io.penstock.testkit.ServiceUnderTest;
import io.penstock.testkit.Workbench;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every example as its own configuration's first lines tell a user to run it: its predictions are
 * those that TensorFlow computes in Python.
 */
class ExamplesIT {

  private static final Offset<Float> TOLERANCE = Offset.offset(1e-5f);

  @TempDir private static Path folder;

  private static Workbench bench;
  private static CommittedRecords records;

  @BeforeAll
  static void setUp() {
    bench = new Workbench(folder);
    records = new CommittedRecords(bench.stack().bootstrapServers());
  }

  @AfterAll
  static void tearDown() {
    records.close();
    bench.close();
  }

  static List<Example> examples() {
    return Example.all();
  }

  @Test
  void shouldHaveExamplesOfScalarsOfFixedRowsAndOfRowsOfAnyLength() {
    assertThat(examples()).extracting(Example::model).contains("cars-mpg", "digits", "reviews");
  }

  @ParameterizedTest
  @MethodSource("examples")
  void shouldPredictWhatTensorFlowInPythonDoes(Example example) {
    Map<String, String> environment =
        Map.of(
            "PENSTOCK_KAFKA__BOOTSTRAP_SERVERS",
            bench.stack().bootstrapServers(),
            "PENSTOCK_REGISTRY__SCHEMA_REGISTRY_URL",
            bench.stack().registryUrl(),
            example.settleVariable(),
            "300ms");
    String config = example.config().toString();
    Path log = folder.resolve(example.model() + "-topics.log");
    Penstock.Ended topics =
        Penstock.run(60, log, environment, "topics", "--config", config, "--create");
    assertThat(topics.exitCode()).as(topics.output()).isZero();

    try (ServiceUnderTest service =
        ServiceUnderTest.start(example.config(), folder, example.model(), environment)) {
      service.awaitReady();
      assertThat(example.versions()).isNotEmpty();
      for (int version : example.versions()) {
        serve(service, example, version);
        check(example, version, predictions(example, version));
      }
    }
    assertThat(records.list(example.pipeline().deadLetters().topic())).isEmpty();
  }

  @Test
  void shouldDraftAConfigurationThatPassesItsChecks() throws IOException {
    // given: records in a field of another name than the input's
    Example reviews =
        examples().stream().filter(it -> it.model().equals("reviews")).findFirst().orElseThrow();
    bench.registry().register("new-reviews-value", reviews.records(1).get(0).getSchema());
    bench.createTopics(1, "new-reviews");
    // when
    Path log = folder.resolve("init.log");
    Penstock.Ended draft =
        Penstock.run(
            60,
            log,
            Map.of(),
            "init",
            "--model",
            reviews.config().resolveSibling("").toString(),
            "--input",
            "new-reviews",
            "--output",
            "new-sentiments",
            "--bootstrap-servers",
            bench.stack().bootstrapServers(),
            "--registry",
            bench.stack().registryUrl());
    assertThat(draft.exitCode()).as(draft.output()).isZero();
    // Behind what it has said on standard error, which is in the same log.
    String yaml = draft.output().substring(draft.output().indexOf("# Serves "));
    String config = Files.writeString(folder.resolve("draft.yaml"), yaml).toString();
    Path topicsLog = folder.resolve("draft-topics.log");
    Penstock.run(60, topicsLog, Map.of(), "topics", "--config", config, "--create");
    // then
    Path checkLog = folder.resolve("draft-check.log");
    Penstock.Ended check =
        Penstock.run(60, checkLog, Map.of(), "config", "check", "--config", config);
    assertThat(check.exitCode()).as(yaml + check.output()).isZero();
    assertThat(check.output()).contains("tokens from token_ids");
  }

  /** The highest version serves from the start: what is active already is not promoted again. */
  private static void serve(ServiceUnderTest service, Example example, int version) {
    String name = example.settings().service();
    long command = bench.promote(name, example.model(), version);
    assertThat(new AuditTrail(records, name).verdict(command))
        .matches("ACTIVATED %d|REJECTED: .* already active".formatted(version));
    String active = "/models/" + example.model() + "/active";
    Await.until(
        () -> "version " + version + " serves: " + service.health(),
        30,
        () -> service.health().at(active).asInt() == version && service.isReady());
  }

  private static List<ConsumerRecord<byte[], byte[]>> predictions(Example example, int version) {
    String input = example.pipeline().input().topic();
    String output = example.pipeline().output().topic();
    int before = records.list(output).size();
    List<GenericRecord> rows = example.records(version);
    int schemaId = bench.registry().register(input + "-value", rows.get(0).getSchema());
    rows.forEach(row -> bench.send(new ProducerRecord<>(input, Workbench.framed(schemaId, row))));
    List<ConsumerRecord<byte[], byte[]>> after = records.await(output, before + rows.size());
    return after.subList(before, after.size());
  }

  private static void check(
      Example example, int version, List<ConsumerRecord<byte[], byte[]>> predictions) {
    JsonNode outputs = Workbench.golden(example.model(), version).get("outputs");
    for (int row = 0; row < predictions.size(); row++) {
      ConsumerRecord<byte[], byte[]> record = predictions.get(row);
      OutcomeSource source = OutcomeSource.of(record);
      assertThat(source.model()).isEqualTo(example.model());
      assertThat(source.version()).isEqualTo(String.valueOf(version));
      GenericRecord prediction = bench.unframed(record.value());
      assertThat(prediction.getSchema().getFields())
          .extracting(field -> field.name())
          .containsExactlyInAnyOrderElementsOf(() -> outputs.fieldNames());
      for (var output : outputs.properties()) {
        assertThatEqual(
            prediction.get(output.getKey()),
            Example.row(output.getValue(), row),
            "%s/%d row %d, %s".formatted(example, version, row, output.getKey()));
      }
    }
  }

  private static void assertThatEqual(Object actual, Object expected, String what) {
    if (expected instanceof List<?> values) {
      List<?> actualValues = (List<?>) actual;
      assertThat(actualValues).as(what).hasSameSizeAs(values);
      for (int i = 0; i < values.size(); i++) {
        assertThatEqual(actualValues.get(i), values.get(i), what + "[" + i + "]");
      }
    } else if (expected instanceof Float value) {
      assertThat((Float) actual).as(what).isCloseTo(value, TOLERANCE);
    } else {
      assertThat(actual).as(what).hasToString(expected.toString());
    }
  }
}

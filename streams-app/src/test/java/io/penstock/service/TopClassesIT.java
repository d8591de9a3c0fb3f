package io.penstock.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import io.penstock.docs.Page;
import io.penstock.testkit.AuditTrail;
import io.penstock.testkit.CommittedRecords;
import io.penstock.testkit.OutcomeSource;
import io.penstock.testkit.ServiceUnderTest;
import io.penstock.testkit.Workbench;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The best classes by name, as docs/formats.md configures them: its line is the pipeline's. Each
 * version brings its own names, and one that lacks some changes nothing.
 */
class TopClassesIT {

  private static final String SERVICE = "best";
  private static final Percentage TOLERANCE = withPercentage(1);

  private static final List<String> ENGLISH =
      List.of("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine");

  private static final List<String> GERMAN =
      List.of("null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun");

  private static final int COUNT = 3;

  @TempDir private Path folder;

  @Test
  void shouldNameTheBestClassesByTheLabelsOfTheVersionThatServes() throws IOException {
    try (Workbench bench = new Workbench(folder);
        CommittedRecords records = new CommittedRecords(bench.stack().bootstrapServers())) {
      bench.createControlTopics(SERVICE);
      bench.createTopics(1, "animals", "animals-seen", "animals-dead");
      Path base = install(bench, 1, ENGLISH);
      Path config =
          bench.writeConfig(
              "best.yaml",
              SERVICE,
              """
              models:
                digits: {path: "%s", settle: 300ms, poll-interval: 100ms}
              pipelines:
                animals:
                  model: digits
                  start-from: earliest
                  input: {topic: animals}
                  %s
                  dead-letters: {topic: animals-dead}
              """
                  .formatted(base, documented()));
      AuditTrail audit = new AuditTrail(records, SERVICE);
      try (ServiceUnderTest service = ServiceUnderTest.start(config, folder, SERVICE)) {
        service.awaitReady();
        int rows = send(bench);
        check(bench, records.await("animals-seen", rows), 1, ENGLISH);

        // A version with names of its own.
        install(bench, 2, GERMAN);
        assertThat(audit.verdict(bench.promote(SERVICE, "digits", 2))).isEqualTo("ACTIVATED 2");
        send(bench);
        List<ConsumerRecord<byte[], byte[]>> both = records.await("animals-seen", 2 * rows);
        check(bench, both.subList(rows, 2 * rows), 2, GERMAN);

        // And one that has no name for the last class.
        install(bench, 3, ENGLISH.subList(0, 9));
        assertThat(audit.verdict(bench.promote(SERVICE, "digits", 3)))
            .startsWith("ABORTED 3: ")
            .contains("assets/labels.txt of digits/3 has 9 lines (expected: 10,");
        send(bench);
        List<ConsumerRecord<byte[], byte[]>> all = records.await("animals-seen", 3 * rows);
        check(bench, all.subList(2 * rows, 3 * rows), 2, GERMAN);
      }
      assertThat(records.list("animals-dead")).isEmpty();
    }
  }

  /** The line of the documentation that asks for the best classes. */
  private static String documented() {
    List<String> lines =
        Page.read(Page.root().resolve("docs/formats.md"))
            .inBlocks(Pattern.compile("(?m)^(output: .*top-classes: .*)$"));
    assertThat(lines).hasSize(1);
    assertThat(lines.get(0)).contains("count: " + COUNT + ",");
    return lines.get(0);
  }

  /** The example's first model, whatever the version, beside a file of names. */
  private static Path install(Workbench bench, int version, List<String> labels)
      throws IOException {
    Path base = bench.installVersion("examples/digits/1", "digits", version);
    Path assets = Files.createDirectories(base.resolve(version + "/assets"));
    Files.write(assets.resolve("labels.txt"), labels);
    return base;
  }

  private static int send(Workbench bench) {
    Example digits =
        Example.all().stream().filter(it -> it.model().equals("digits")).findFirst().orElseThrow();
    List<GenericRecord> rows = digits.records(1);
    int id = bench.registry().register("animals-value", rows.get(0).getSchema());
    rows.forEach(row -> bench.send(new ProducerRecord<>("animals", Workbench.framed(id, row))));
    return rows.size();
  }

  private static void check(
      Workbench bench,
      List<ConsumerRecord<byte[], byte[]>> predictions,
      int version,
      List<String> labels) {
    JsonNode golden = Workbench.golden("digits", 1).at("/outputs/probabilities");
    for (int row = 0; row < predictions.size(); row++) {
      ConsumerRecord<byte[], byte[]> outcome = predictions.get(row);
      assertThat(OutcomeSource.of(outcome).version()).isEqualTo(String.valueOf(version));
      GenericRecord prediction = bench.unframed(outcome.value());
      assertThat(prediction.getSchema().getFields())
          .extracting(field -> field.name())
          .containsExactly("classes", "digit", "scores");
      List<?> classes = (List<?>) prediction.get("classes");
      List<?> scores = (List<?>) prediction.get("scores");
      List<Float> expected = scores(golden, row);
      List<Float> best = expected.stream().sorted(Collections.reverseOrder()).toList();
      long digit = (Long) prediction.get("digit");
      assertThat(classes).hasSize(COUNT);
      assertThat(classes.get(0)).hasToString(labels.get((int) digit));
      assertThat(scores).hasSize(COUNT);
      for (int i = 0; i < COUNT; i++) {
        int named = labels.indexOf(classes.get(i).toString());
        assertThat(named).as("%s of row %d", classes, row).isNotNegative();
        assertThat((Float) scores.get(i)).isCloseTo(best.get(i), TOLERANCE);
        assertThat(expected.get(named)).as(classes.toString()).isCloseTo(best.get(i), TOLERANCE);
      }
    }
  }

  private static List<Float> scores(JsonNode golden, int row) {
    return ((List<?>) Example.row(golden, row)).stream().map(Float.class::cast).toList();
  }
}

package io.penstock.service;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.penstock.testkit.Await;
import io.penstock.testkit.Census;
import io.penstock.testkit.CommittedRecords;
import io.penstock.testkit.OutcomeSource;
import io.penstock.testkit.ServiceUnderTest;
import io.penstock.testkit.Workbench;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Outcomes of every size around the largest that a topic, or the producer, takes: an outcome for
 * each record, and nothing is tried again.
 */
class SizeLimitsIT {

  private static final String SERVICE = "sizes";
  private static final int LIMIT = 20_000;
  private static final int AMPLE = 10 * LIMIT;

  /** What is counted for lengths and headers at most, and need not be there. */
  private static final int SLACK = 200;

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private static Path folder;

  private static Workbench bench;
  private static CommittedRecords records;
  private static ServiceUnderTest service;

  /** Who takes no more than {@link #LIMIT} bytes: both topics, or the producer. */
  private enum Limited {
    TOPICS(LIMIT, AMPLE),
    PRODUCER(AMPLE, LIMIT);

    private final int topics;
    private final int producer;

    Limited(int topics, int producer) {
      this.topics = topics;
      this.producer = producer;
    }

    String input(String what) {
      return what + "-" + name().toLowerCase(Locale.ROOT);
    }

    String pipeline(String what) {
      return """
               %1$s:
                 model: digits
                 guarantee: exactly_once_v2
                 start-from: earliest
                 kafka: {producer.max.request.size: %2$d}
                 input: {topic: %1$s, format: json}
                 output: {topic: out-%1$s, format: json, copy: [text]}
                 dead-letters: {topic: dead-%1$s}
             """
          .formatted(input(what), producer);
    }
  }

  @BeforeAll
  static void serve() {
    bench = new Workbench(folder);
    records = new CommittedRecords(bench.stack().bootstrapServers());
    bench.createControlTopics(SERVICE);
    StringBuilder pipelines = new StringBuilder();
    for (Limited limited : Limited.values()) {
      for (String what : new String[] {"predicted", "refused"}) {
        String input = limited.input(what);
        bench.stack().createTopics(topic(input, AMPLE));
        bench.stack().createTopics(topic("out-" + input, limited.topics));
        bench.stack().createTopics(topic("dead-" + input, limited.topics));
        pipelines.append(limited.pipeline(what));
      }
    }
    Path config =
        bench.writeConfig(
            "sizes.yaml",
            SERVICE,
            """
            models:
              digits: {path: "%s", settle: 300ms, poll-interval: 100ms}
            pipelines:
            %s"""
                .formatted(bench.installVersion("digits", 1), pipelines));
    service = ServiceUnderTest.start(config, folder, SERVICE);
    service.awaitReady();
  }

  private static NewTopic topic(String name, int maxBytes) {
    return new NewTopic(name, 1, (short) 1)
        .configs(Map.of("max.message.bytes", String.valueOf(maxBytes)));
  }

  @AfterAll
  static void tearDown() {
    service.close();
    records.close();
    bench.close();
  }

  @ParameterizedTest
  @EnumSource
  void shouldPredictAsLongAsThePredictionFits(Limited limited) throws IOException {
    String input = limited.input("predicted");
    String pixels = pixels();
    Map<Long, Integer> lengths = new TreeMap<>();
    for (int length = LIMIT - 900; length <= LIMIT + 100; length += 4) {
      String record = "{\"pixels\":%s,\"text\":\"%s\"}".formatted(pixels, "x".repeat(length));
      lengths.put(send(input, record), length);
    }

    awaitOutcomes(input, lengths.size());

    int longest = 0;
    int largest = 0;
    for (ConsumerRecord<byte[], byte[]> prediction : records.list("out-" + input)) {
      int length = lengths.get(OutcomeSource.of(prediction).offset());
      assertThat(JSON.readTree(prediction.value()).get("text").asText()).hasSize(length);
      longest = Math.max(longest, length);
      largest = Math.max(largest, prediction.value().length);
    }
    int shortest = Integer.MAX_VALUE;
    for (ConsumerRecord<byte[], byte[]> letter : records.list("dead-" + input)) {
      assertThat(Census.header(letter, "penstock-reason")).isEqualTo("OVERSIZE_PREDICTION");
      shortest = Math.min(shortest, lengths.get(OutcomeSource.of(letter).offset()));
    }
    assertThat(shortest).as("the shortest that does not fit").isEqualTo(longest + 4);
    assertThat(largest).as("the largest prediction").isBetween(LIMIT - 2 * SLACK, LIMIT);
    assertThatNothingWasTriedAgain(input);
  }

  @ParameterizedTest
  @EnumSource
  void shouldTruncateDeadLettersThatDoNotFit(Limited limited) throws IOException {
    String input = limited.input("refused");
    Map<Long, Integer> lengths = new TreeMap<>();
    for (int length = LIMIT - 1_500; length <= LIMIT + 100; length += 8) {
      lengths.put(send(input, "?" + "x".repeat(length - 1)), length);
    }

    awaitOutcomes(input, lengths.size());

    assertThat(records.list("out-" + input)).isEmpty();
    Map<Integer, Boolean> truncated = new TreeMap<>();
    int largest = 0;
    for (ConsumerRecord<byte[], byte[]> letter : records.list("dead-" + input)) {
      int length = lengths.get(OutcomeSource.of(letter).offset());
      JsonNode envelope = JSON.readTree(letter.value());
      assertThat(envelope.get("valueBytes").asInt()).isEqualTo(length);
      assertThat(envelope.hasNonNull("valueSha256"))
          .isEqualTo(envelope.get("truncated").asBoolean());
      truncated.put(length, envelope.get("truncated").asBoolean());
      largest = Math.max(largest, letter.value().length);
    }
    assertThat(List.copyOf(truncated.values()))
        .as("whole ones, and from some length on truncated ones")
        .contains(false, true)
        .isSorted();
    assertThat(largest).as("the largest letter").isBetween(LIMIT - 2 * SLACK, LIMIT);
    assertThatNothingWasTriedAgain(input);
  }

  private static String pixels() {
    return Collections.nCopies(Digits.PIXELS, "0.5").toString();
  }

  private static long send(String topic, String value) {
    return bench.send(new ProducerRecord<>(topic, value.getBytes(UTF_8)));
  }

  private static void awaitOutcomes(String input, int count) {
    try (Census census =
        new Census(bench.stack().bootstrapServers(), input, "out-" + input, "dead-" + input)) {
      Await.until(
          () -> "an outcome for each of " + input + ": " + census.count() + "\n" + service.log(),
          60,
          () -> {
            census.update();
            return census.lost() == 0;
          });
      assertThat(census.inputs()).isEqualTo(count);
      assertThat(census.duplicated()).isZero();
      assertThat(census.disorder()).isEmpty();
    }
  }

  private static void assertThatNothingWasTriedAgain(String pipeline) {
    assertThat(service.state(pipeline)).isEqualTo("RUNNING");
    assertThat(service.logged("stream thread replaced")).isFalse();
  }
}

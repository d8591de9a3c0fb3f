package io.penstock.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SyntaxTest {

  @ParameterizedTest
  @CsvSource({
    "0ms, PT0S",
    "500us, PT0.0005S",
    "5ms, PT0.005S",
    "10s, PT10S",
    "2m, PT2M",
    "3h, PT3H",
    "1d, PT24H",
    "PT5S, PT5S",
    "PT1M30S, PT1M30S",
    "' 5ms ', PT0.005S"
  })
  void shouldReadTimes(String text, Duration expected) {
    assertThat(Syntax.duration(Duration.ZERO).parse(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "5", "ms", "-5ms", "PT-5S", "5 ms", "5min", "1.5s", "99999999999999d"})
  void shouldRefuseOtherTimes(String text) {
    assertThatThrownBy(() -> Syntax.duration(Duration.ZERO).parse(text))
        .hasMessage("(expected: a time such as 5ms, 10s, 2m or PT5S)");
  }

  @ParameterizedTest
  @CsvSource({
    "0B, 0",
    "1B, 1",
    "512KB, 512000",
    "1KiB, 1024",
    "64MiB, 67108864",
    "6GiB, 6442450944",
    "2TB, 2000000000000",
    "64 MiB, 67108864"
  })
  void shouldReadSizes(String text, long bytes) {
    assertThat(Syntax.dataSize(0).parse(text)).isEqualTo(new DataSize(bytes));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "64", "64mb", "MiB", "-1B", "1.5GiB", "99999999999TiB", "1KB2"})
  void shouldRefuseOtherSizes(String text) {
    assertThatThrownBy(() -> Syntax.dataSize(0).parse(text)).hasMessageStartingWith("(expected: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0B", "1B", "999B", "1KB", "1KiB", "1025B", "64MiB", "6GiB", "3TB"})
  void shouldWriteASizeAsItIsRead(String text) {
    assertThat(Syntax.dataSize(0).parse(text)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"0", "101", "", "1e1", "+5", "0x10", "1_0", "99999999999999999999", "5.0"})
  void shouldRefuseNumbersOutOfRangeAndTextsThatAreNone(String text) {
    assertThatThrownBy(() -> Syntax.wholeNumber(1, 100).parse(text))
        .hasMessage("(expected: 1-100)");
  }

  @Test
  void shouldReadWhereToStart() {
    assertThat(StartFrom.SYNTAX.parse("earliest")).isEqualTo(StartFrom.End.EARLIEST);
    assertThat(StartFrom.SYNTAX.parse("latest")).isEqualTo(StartFrom.End.LATEST);
    assertThat(StartFrom.SYNTAX.parse("2026-01-31T12:00:00Z"))
        .isEqualTo(new StartFrom.Time(Instant.parse("2026-01-31T12:00:00Z")));
  }

  @ParameterizedTest
  @CsvSource({"127.0.0.1:8080, 127.0.0.1, 8080", "localhost:0, localhost, 0", "[::1]:80, ::1, 80"})
  void shouldReadAddresses(String text, String host, int port) {
    assertThat(HttpConfig.LISTEN.parse(text)).isEqualTo(new HttpConfig.Address(host, port));
    assertThat(HttpConfig.LISTEN.parse(text)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "8080", ":8080", "localhost", "localhost:", "localhost:65536", "::1:80"})
  void shouldRefuseOtherAddresses(String text) {
    assertThatThrownBy(() -> HttpConfig.LISTEN.parse(text))
        .hasMessageStartingWith("(expected: host:port");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "a b", "a/b", "ä"})
  void shouldRefuseTopicNamesThatKafkaRefuses(String text) {
    assertThatThrownBy(() -> PipelineConfig.TOPIC.parse(text))
        .hasMessageStartingWith("(expected: a topic name");
  }

  @Test
  void shouldHoldProgramsToTheSameRules() {
    assertThatThrownBy(() -> batch(0, 4, List.of())).hasMessage("rows: 0 (expected: 1-65536)");
    assertThatThrownBy(() -> batch(8, 8, List.of(16, 8)))
        .hasMessage("length-buckets: [16, 8] (expected: in ascending order)");
    assertThatThrownBy(() -> batch(8, 8, List.of(8, 16)))
        .hasMessage("length-buckets: [8, 16] (expected: together with padding)");
    assertThatThrownBy(
            () ->
                new PipelineConfig.Input(
                    "a b",
                    "avro",
                    Map.of(),
                    Map.of(),
                    Map.of(),
                    Map.of(),
                    PipelineConfig.Tombstones.DROP,
                    Map.of(),
                    ""))
        .hasMessageStartingWith("input.topic: a b (expected: a topic name");
    assertThatThrownBy(
            () ->
                new ControlConfig(
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(2),
                    Duration.ofMinutes(5),
                    Duration.ofHours(1),
                    ControlConfig.Stragglers.NEW_VERSION,
                    Duration.ofSeconds(15),
                    ControlConfig.WhenStale.PAUSE))
        .hasMessage("liveness-timeout: 2000ms (expected: at least 3 × heartbeat-interval: 3000ms)");
  }

  private static BatchConfig batch(int rows, int maxInFlightRows, List<Integer> lengthBuckets) {
    return new BatchConfig(
        null,
        rows,
        DataSize.ofMebibytes(1),
        List.of(),
        null,
        Duration.ZERO,
        null,
        Map.of(),
        lengthBuckets,
        maxInFlightRows,
        DataSize.ofMebibytes(1));
  }
}

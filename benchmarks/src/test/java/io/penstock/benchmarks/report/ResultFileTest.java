package io.penstock.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultFileTest {

  private static final ResultFile FILE =
      new ResultFile(
          "throughput",
          Environment.now("abc+"),
          Map.of("pass", Map.of("poll", "8000")),
          new Results(
              List.of(
                  Samples.of("pass", 1, Metric.RATE, 100),
                  Samples.of("pass", 2, Metric.RATE, 300),
                  Samples.failed("penstock", "ended"))),
          List.of(new Verdict("rate", null, "≥ 0.80", Verdict.Word.NOT_MEASURED)));

  @Test
  void shouldHoldEverySampleAndWhereItWasMeasured() {
    JsonNode json = FILE.json();

    assertThat(json.at("/suite").asText()).isEqualTo("throughput");
    assertThat(json.at("/environment/commit").asText()).isEqualTo("abc+");
    assertThat(json.at("/environment/cores").asInt()).isPositive();
    assertThat(json.at("/settings/pass/poll").asText()).isEqualTo("8000");
    assertThat(json.at("/measurements/0/metrics/rate").asDouble()).isEqualTo(100);
    assertThat(json.at("/measurements/1/repetition").asInt()).isEqualTo(2);
    assertThat(json.at("/measurements/0/load").asText()).isEqualTo("0.1 0.2 0.3");
    assertThat(json.at("/measurements/2/failure").asText()).isEqualTo("ended");
    assertThat(json.at("/limits/0/verdict").asText()).isEqualTo("NOT_MEASURED");
  }

  @Test
  void shouldGiveMediansOfAnEarlierRun(@TempDir Path folder) {
    Path file = folder.resolve(ResultFile.NAME);
    FILE.write(file);

    assertThat(ResultFile.medianOf(file, "pass", Metric.RATE)).isEqualTo(200);
    assertThat(ResultFile.medianOf(file, "penstock", Metric.RATE)).isNaN();
    assertThat(ResultFile.medianOf(folder.resolve("none"), "pass", Metric.RATE)).isNaN();
  }
}

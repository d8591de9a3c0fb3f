package io.penstock.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlotTest {

  @TempDir private Path folder;

  @BeforeAll
  static void drawWithoutAScreen() {
    System.setProperty("java.awt.headless", "true");
  }

  @Test
  void shouldDrawBars() throws IOException {
    Results results =
        new Results(
            List.of(
                Samples.of("pass", 1, Metric.RATE, 1), Samples.of("penstock", 1, Metric.RATE, 2)));

    Plot.bars("rate", "Rate", Metric.RATE).draw(results, folder);

    assertThat(ImageIO.read(folder.resolve("rate.png").toFile()).getWidth()).isEqualTo(900);
  }

  @Test
  void shouldDrawLinesOverPoints() throws IOException {
    Results results =
        new Results(
            List.of(
                Samples.of("pass", "8/s", 1, Metric.P50_MILLIS, 1),
                Samples.of("pass", "500/s", 1, Metric.P50_MILLIS, 2)));

    Plot.logarithmic("p50", "p50", Metric.P50_MILLIS, "records/s").draw(results, folder);

    assertThat(ImageIO.read(folder.resolve("p50.png").toFile()).getWidth()).isEqualTo(900);
  }

  @Test
  void shouldDrawNothingOfNothing() {
    Plot.bars("rate", "Rate", Metric.RATE)
        .draw(new Results(List.of(Samples.failed("pass", "ended"))), folder);

    assertThat(folder).isEmptyDirectory();
  }
}

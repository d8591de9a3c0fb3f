package io.penstock.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SettingsTest {

  @Test
  void shouldReadDurations() {
    assertThat(new DurationOption().convert("30s")).isEqualTo(Duration.ofSeconds(30));
    assertThat(new DurationOption().convert("2m")).isEqualTo(Duration.ofMinutes(2));
    assertThatThrownBy(() -> new DurationOption().convert("30"))
        .hasMessage("30 (expected: a time such as 30s or 2m)");
  }

  @Test
  void shouldRefuseWhatCannotBePlayed() {
    assertThatThrownBy(() -> new Settings(Duration.ofSeconds(9), 500, false, false))
        .hasMessageStartingWith("--duration: 9000 ms (expected: 10 s or more");
    assertThatThrownBy(() -> new Settings(Duration.ofSeconds(30), 0, false, false))
        .hasMessage("--rate: 0 (expected: 1-100000)");
  }

  @Test
  void shouldSayWhatIsMissingInACheckout(@TempDir Path folder) {
    assertThatThrownBy(() -> new Checkout(folder))
        .isInstanceOf(DemoException.class)
        .hasMessageStartingWith("Not there: " + folder.resolve("streams-app/target/penstock/lib"));
  }
}

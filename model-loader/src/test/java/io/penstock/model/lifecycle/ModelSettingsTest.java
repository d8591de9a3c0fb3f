package io.penstock.model.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.model.fitness.Fitness;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ModelSettingsTest {

  private static final Path BASE = Path.of("models", "digits");

  @Test
  void shouldHaveTheseDefaults() {
    assertThat(ModelSettings.of("digits", BASE))
        .isEqualTo(
            new ModelSettings(
                "digits",
                BASE,
                Duration.ofSeconds(1),
                new VersionPolicy.Latest(1),
                Transition.AVAILABILITY_PRESERVING,
                new LoadRetries(2, Duration.ofSeconds(1)),
                Fitness.of(Set.of("serving_default"), Set.of(1, 2, 4, 8, 16, 32, 64, 128)),
                Duration.ofMinutes(1),
                Duration.ofSeconds(30)));
  }

  @Test
  void shouldSayWhatIsWrong() {
    assertThatThrownBy(() -> settings(Duration.ZERO))
        .hasMessage("pollInterval: PT0S (expected: more than 0)");
    assertThatThrownBy(() -> Fitness.of(Set.of("serving_default"), Set.of(0)))
        .hasMessage("batchRows: [0] (expected: 1 or more, at least one size)");
    assertThatThrownBy(() -> ModelSettings.of(" ", BASE))
        .hasMessage("name:   (expected: not blank)");
    assertThatThrownBy(() -> new LoadRetries(-1, Duration.ZERO))
        .hasMessage("count: -1 (expected: 0 or more)");
    assertThatThrownBy(() -> new LoadRetries(1, Duration.ofSeconds(-1)))
        .hasMessage("interval: PT-1S (expected: 0 or more)");
  }

  private static ModelSettings settings(Duration poll) {
    return new ModelSettings(
        "digits",
        BASE,
        poll,
        new VersionPolicy.All(),
        Transition.RESOURCE_PRESERVING,
        LoadRetries.NONE,
        Fitness.of(Set.of("serving_default"), Set.of(1)),
        Duration.ofMinutes(1),
        Duration.ZERO);
  }
}

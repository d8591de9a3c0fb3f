package io.penstock.config;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * What a version of a model has to show before it serves.
 *
 * @param goldenChecks whether it must bring golden checks along
 * @param finiteOutputs whether its outputs must be numbers
 * @param loadTimeout how long loading and warming up may take
 */
public record FitnessConfig(Need goldenChecks, Need finiteOutputs, Duration loadTimeout) {

  public static final Syntax<Need> NEED = Syntax.choice(List.of(Need.values()));

  public static final Syntax<Duration> LOAD_TIMEOUT = Syntax.duration(Duration.ofSeconds(1));

  public FitnessConfig {
    Objects.requireNonNull(goldenChecks, "goldenChecks");
    Objects.requireNonNull(finiteOutputs, "finiteOutputs");
    LOAD_TIMEOUT.check("load-timeout", loadTimeout);
  }

  /** Whether a version is refused that lacks something. */
  public enum Need {
    OPTIONAL,
    REQUIRED;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}

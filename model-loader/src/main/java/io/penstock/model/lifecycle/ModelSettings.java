package io.penstock.model.lifecycle;

import io.penstock.model.BatchSizes;
import io.penstock.model.fitness.Fitness;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;

/**
 * How one model is watched, loaded and unloaded.
 *
 * @param name the model's name
 * @param basePath where users find the versions, for messages
 * @param pollInterval the longest pause between two looks at the source
 * @param versions which versions stay loaded
 * @param transition in which order versions come and go
 * @param retries how often a failed load is tried again
 * @param fitness what a version has to show before it serves
 * @param leaseLimit after how long a lease that is still out is reported with its holder
 * @param drainTimeout how long {@link ModelRuntime#close} waits for leases to be given back
 */
public record ModelSettings(
    String name,
    Path basePath,
    Duration pollInterval,
    VersionPolicy versions,
    Transition transition,
    LoadRetries retries,
    Fitness fitness,
    Duration leaseLimit,
    Duration drainTimeout) {

  /** The signature that TensorFlow's exporters write by default. */
  public static final String DEFAULT_SIGNATURE = "serving_default";

  public ModelSettings {
    Objects.requireNonNull(basePath, "basePath");
    Objects.requireNonNull(versions, "versions");
    Objects.requireNonNull(transition, "transition");
    Objects.requireNonNull(retries, "retries");
    Objects.requireNonNull(fitness, "fitness");
    require(!name.isBlank(), "name", name, "not blank");
    require(pollInterval.toNanos() > 0, "pollInterval", pollInterval, "more than 0");
    require(leaseLimit.toNanos() > 0, "leaseLimit", leaseLimit, "more than 0");
    require(!drainTimeout.isNegative(), "drainTimeout", drainTimeout, "0 or more");
  }

  /** The defaults: the latest version, its default signature, batches of up to 128 rows. */
  public static ModelSettings of(String name, Path basePath) {
    return new ModelSettings(
        name,
        basePath,
        Duration.ofSeconds(1),
        new VersionPolicy.Latest(1),
        Transition.AVAILABILITY_PRESERVING,
        new LoadRetries(2, Duration.ofSeconds(1)),
        Fitness.of(Set.of(DEFAULT_SIGNATURE), BatchSizes.upTo(128).toWarmUp()),
        Duration.ofMinutes(1),
        Duration.ofSeconds(30));
  }

  private static void require(boolean holds, String name, Object value, String expected) {
    if (!holds) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
    }
  }
}

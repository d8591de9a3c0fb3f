package io.penstock.model.lifecycle;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;

/**
 * How one model is watched, loaded and unloaded.
 *
 * @param name the model's name
 * @param basePath the folder that holds one directory per version
 * @param settle how long a version's files must be unchanged before it is loaded
 * @param pollInterval the pause between two looks at the base path
 * @param versions which versions stay loaded
 * @param requiredSignatures signatures that a version must have and that it is warmed up with
 * @param warmUpRows rows of the batches to warm up with: the smallest and the largest that will be
 *     run, or all where only some sizes are; a signature of one fixed size is warmed up with that
 * @param drainTimeout how long {@link ModelRuntime#close} waits for leases to be given back
 */
public record ModelSettings(
    String name,
    Path basePath,
    Duration settle,
    Duration pollInterval,
    VersionPolicy versions,
    Set<String> requiredSignatures,
    Set<Integer> warmUpRows,
    Duration drainTimeout) {

  /** The signature that TensorFlow's exporters write by default. */
  public static final String DEFAULT_SIGNATURE = "serving_default";

  public ModelSettings {
    Objects.requireNonNull(basePath, "basePath");
    Objects.requireNonNull(versions, "versions");
    requiredSignatures = Set.copyOf(requiredSignatures);
    warmUpRows = Set.copyOf(warmUpRows);
    require(!name.isBlank(), "name", name, "not blank");
    require(!settle.isNegative(), "settle", settle, "0 or more");
    require(pollInterval.toNanos() > 0, "pollInterval", pollInterval, "more than 0");
    require(!requiredSignatures.isEmpty(), "requiredSignatures", "none", "1 or more");
    require(
        !warmUpRows.isEmpty() && warmUpRows.stream().allMatch(rows -> rows > 0),
        "warmUpRows",
        warmUpRows,
        "1 or more, at least one size");
    require(!drainTimeout.isNegative(), "drainTimeout", drainTimeout, "0 or more");
  }

  /** The defaults: the latest version, its default signature, batches of up to 128 rows. */
  public static ModelSettings of(String name, Path basePath) {
    return new ModelSettings(
        name,
        basePath,
        Duration.ofSeconds(2),
        Duration.ofSeconds(1),
        new VersionPolicy.Latest(1),
        Set.of(DEFAULT_SIGNATURE),
        Set.of(1, 128),
        Duration.ofSeconds(30));
  }

  private static void require(boolean holds, String name, Object value, String expected) {
    if (!holds) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
    }
  }
}

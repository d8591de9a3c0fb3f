package io.penstock.config;

import io.penstock.model.source.directory.Completeness;
import io.penstock.model.source.directory.Links;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * A model: where its versions come from and what they must pass.
 *
 * @param path the base path; a version is {@code <path>/<number>/saved_model.pb}
 * @param completeWhen how a version directory is known to be copied completely
 * @param settle how far apart two scans must see the same files, where that decides
 * @param marker the file that says so, where that decides
 * @param followLinks which symbolic links below the base path are followed
 * @param pollInterval how often the base path is scanned at least
 * @param versions which versions stay loaded
 * @param transition in which order versions come and go
 * @param loadRetries how often a load that failed is tried again
 * @param loadRetryInterval the pause before each
 * @param promotion who promotes a new version
 * @param nativeMemory how much native memory its loaded versions may take together
 * @param fitness what a version has to show before it serves
 */
public record ModelConfig(
    Path path,
    CompleteWhen completeWhen,
    Duration settle,
    String marker,
    FollowLinks followLinks,
    Duration pollInterval,
    VersionsConfig versions,
    Transition transition,
    int loadRetries,
    Duration loadRetryInterval,
    Promotion promotion,
    DataSize nativeMemory,
    FitnessConfig fitness) {

  /** The name of a model: part of topic keys, headers and schema names. */
  public static final Syntax<String> NAME =
      Syntax.matching(
          Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9._-]{0,99}"),
          "up to 100 letters, digits, '.', '_' and '-', a letter or digit first");

  public static final Syntax<CompleteWhen> COMPLETE_WHEN =
      Syntax.choice(List.of(CompleteWhen.values()));
  public static final Syntax<Duration> SETTLE = Syntax.duration(Duration.ofMillis(1));
  public static final Syntax<String> MARKER =
      Syntax.matching(Pattern.compile("[^/\\s][^/]*"), "a file's name");
  public static final Syntax<FollowLinks> FOLLOW_LINKS =
      Syntax.choice(List.of(FollowLinks.values()));
  public static final Syntax<Duration> POLL_INTERVAL = Syntax.duration(Duration.ofMillis(10));
  public static final Syntax<Transition> TRANSITION = Syntax.choice(List.of(Transition.values()));
  public static final Syntax<Integer> LOAD_RETRIES = Syntax.wholeNumber(0, 1000);
  public static final Syntax<Duration> LOAD_RETRY_INTERVAL = Syntax.duration(Duration.ZERO);
  public static final Syntax<Promotion> PROMOTION = Syntax.choice(List.of(Promotion.values()));

  public static final Syntax<DataSize> NATIVE_MEMORY = Syntax.dataSizeOrUnlimited(1 << 20);

  public ModelConfig {
    Objects.requireNonNull(path, "path");
    Objects.requireNonNull(completeWhen, "completeWhen");
    SETTLE.check("settle", settle);
    MARKER.check("marker", marker);
    Objects.requireNonNull(followLinks, "followLinks");
    POLL_INTERVAL.check("poll-interval", pollInterval);
    Objects.requireNonNull(versions, "versions");
    Objects.requireNonNull(transition, "transition");
    LOAD_RETRIES.check("load-retries", loadRetries);
    LOAD_RETRY_INTERVAL.check("load-retry-interval", loadRetryInterval);
    Objects.requireNonNull(promotion, "promotion");
    NATIVE_MEMORY.check("native-memory", nativeMemory);
    Objects.requireNonNull(fitness, "fitness");
  }

  /** The same with other versions loaded. */
  public ModelConfig with(VersionsConfig others) {
    return new ModelConfig(
        path,
        completeWhen,
        settle,
        marker,
        followLinks,
        pollInterval,
        others,
        transition,
        loadRetries,
        loadRetryInterval,
        promotion,
        nativeMemory,
        fitness);
  }

  /** How a version directory is known to be complete. */
  public enum CompleteWhen {
    /**
     * Two scans a settle period apart see the same files, and none that a shard names is missing.
     */
    SETTLED,
    /** A file of a certain name is there, which is copied last. */
    MARKER,
    /** Its files have the SHA-256 sums that a manifest lists. */
    MANIFEST;

    /** The same as the source takes it, with what says when and where that decides. */
    public Completeness with(Duration settle, String marker) {
      return switch (this) {
        case SETTLED -> new Completeness.Settled(settle);
        case MARKER -> new Completeness.Marker(marker);
        case MANIFEST -> new Completeness.Manifested();
      };
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Which symbolic links are followed. */
  public enum FollowLinks {
    /** Those that stay below the base path. */
    INSIDE,
    /** All of them. */
    ANYWHERE;

    /** The same as the source takes it. */
    public Links links() {
      return switch (this) {
        case INSIDE -> Links.INSIDE;
        case ANYWHERE -> Links.ANYWHERE;
      };
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** TensorFlow Serving's {@code AspiredVersionPolicy}. */
  public enum Transition {
    AVAILABILITY_PRESERVING,
    RESOURCE_PRESERVING;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** Who promotes a new version. */
  public enum Promotion {
    /** A user's command. */
    MANUAL,
    /** The directory watcher, as soon as a newer version is there. */
    AUTOMATIC;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}

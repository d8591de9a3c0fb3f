package io.penstock.config;

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
 * @param settle how far apart two scans must see the same files
 * @param pollInterval how often the base path is scanned
 * @param versions which versions stay loaded
 * @param promotion who promotes a new version
 */
public record ModelConfig(
    Path path,
    CompleteWhen completeWhen,
    Duration settle,
    Duration pollInterval,
    Versions versions,
    Promotion promotion) {

  /** The name of a model: part of topic keys, headers and schema names. */
  public static final Syntax<String> NAME =
      Syntax.matching(
          Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9._-]{0,99}"),
          "up to 100 letters, digits, '.', '_' and '-', a letter or digit first");

  public static final Syntax<CompleteWhen> COMPLETE_WHEN =
      Syntax.choice(List.of(CompleteWhen.values())).notYet("marker", "manifest");
  public static final Syntax<Duration> SETTLE = Syntax.duration(Duration.ofMillis(1));
  public static final Syntax<Duration> POLL_INTERVAL = Syntax.duration(Duration.ofMillis(10));
  public static final Syntax<Promotion> PROMOTION = Syntax.choice(List.of(Promotion.values()));

  public ModelConfig {
    Objects.requireNonNull(path, "path");
    Objects.requireNonNull(completeWhen, "completeWhen");
    SETTLE.check("settle", settle);
    POLL_INTERVAL.check("poll-interval", pollInterval);
    Objects.requireNonNull(versions, "versions");
    Objects.requireNonNull(promotion, "promotion");
  }

  /** How a version directory is known to be complete. */
  public enum CompleteWhen {
    /**
     * Two scans a settle period apart see the same files, and none that a shard names is missing.
     */
    SETTLED;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
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

  /** The policy {@code latest}: the newest {@code count} versions stay loaded. */
  public record Versions(int count) {

    public static final Syntax<String> POLICY =
        Syntax.choice(List.of("latest")).notYet("all", "specific");
    public static final Syntax<Integer> COUNT = Syntax.wholeNumber(1, 100);

    public Versions {
      COUNT.check("versions.count", count);
    }
  }
}

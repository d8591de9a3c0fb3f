package io.penstock.demo;

import java.time.Duration;

/**
 * How the demo is played.
 *
 * @param duration how long digits are streamed; longer where the new version needs longer
 * @param perSecond digits a second
 * @param secured whether the broker lets in, and allows, what it has to only
 * @param keepRunning whether broker, registry and service stay until the demo is asked to end
 */
record Settings(Duration duration, int perSecond, boolean secured, boolean keepRunning) {

  private static final Duration SHORTEST = Duration.ofSeconds(10);
  private static final int HIGHEST_RATE = 100_000;

  Settings {
    if (duration.compareTo(SHORTEST) < 0) {
      throw new IllegalArgumentException(
          "--duration: %d ms (expected: %d s or more, for a version takes some to arrive)"
              .formatted(duration.toMillis(), SHORTEST.toSeconds()));
    }
    if (perSecond < 1 || perSecond > HIGHEST_RATE) {
      throw new IllegalArgumentException(
          "--rate: %d (expected: 1-%d)".formatted(perSecond, HIGHEST_RATE));
    }
  }
}

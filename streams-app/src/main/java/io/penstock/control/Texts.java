package io.penstock.control;

import org.jspecify.annotations.Nullable;

/**
 * Texts of others within bounds: what a controller writes must fit into a message, whatever it was
 * told, or it could never answer.
 */
final class Texts {

  private static final int MOST_CHARACTERS = 4_000;

  /** Of a text that stands in a report, of which there is one per version or pipeline. */
  private static final int MOST_REPORTED = 1_000;

  private Texts() {}

  /** The text, or as much of it as is repeated. */
  static String bounded(String text) {
    return bounded(text, MOST_CHARACTERS);
  }

  /** The text, or as much of it as one of many in a report may take. */
  static String reported(String text) {
    return bounded(text, MOST_REPORTED);
  }

  private static String bounded(String text, int characters) {
    return text.length() <= characters ? text : text.substring(0, characters) + "…";
  }

  static @Nullable String boundedOrNull(@Nullable String text) {
    return text == null ? null : bounded(text);
  }
}

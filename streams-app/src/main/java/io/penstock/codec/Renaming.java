package io.penstock.codec;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Something that a configuration names and may name anew: {@code score}, or {@code score as risk}.
 *
 * @param name the same as {@code original} where it is not named anew
 */
record Renaming(String original, String name) {

  private static final Pattern RENAMED = Pattern.compile("(\\S.*?)\\s+as\\s+(\\S+)");

  static Renaming of(String text) {
    Matcher renamed = RENAMED.matcher(text);
    return renamed.matches()
        ? new Renaming(renamed.group(1), renamed.group(2))
        : new Renaming(text, text);
  }
}

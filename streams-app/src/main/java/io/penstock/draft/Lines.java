package io.penstock.draft;

import java.util.regex.Pattern;

/** Lines of YAML with comments in one column. Not thread-safe. */
final class Lines {

  /** Where the comments behind values begin, if the values leave room. */
  private static final int COMMENT_COLUMN = 40;

  /** Neither a number nor a mapping, whatever is behind it. */
  private static final Pattern PLAIN =
      Pattern.compile("[A-Za-z_/](?:[A-Za-z0-9_./:,-]*[A-Za-z0-9_./,-])?");

  /** What stands for true, false or nothing. */
  private static final Pattern WORD =
      Pattern.compile("y|yes|n|no|on|off|true|false|null", Pattern.CASE_INSENSITIVE);

  private final StringBuilder text = new StringBuilder();

  void add(String line) {
    text.append(line).append('\n');
  }

  void add(String line, String comment) {
    add(line + " ".repeat(Math.max(1, COMMENT_COLUMN - line.length())) + "# " + comment);
  }

  /**
   * A value, quoted where YAML, of any version, would read something else in it: numbers, times,
   * truth, nothing.
   */
  static String text(String value) {
    return PLAIN.matcher(value).matches() && !WORD.matcher(value).matches() ? value : quoted(value);
  }

  private static String quoted(String value) {
    StringBuilder quoted = new StringBuilder("\"");
    value
        .chars()
        .forEach(
            each -> {
              if (each < ' ') {
                quoted.append("\\x%02x".formatted(each));
              } else {
                quoted.append(each == '\\' || each == '"' ? "\\" : "").append((char) each);
              }
            });
    return quoted.append('"').toString();
  }

  @Override
  public String toString() {
    return text.toString();
  }
}

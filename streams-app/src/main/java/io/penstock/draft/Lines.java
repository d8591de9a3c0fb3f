package io.penstock.draft;

/** Lines of YAML with comments in one column. Not thread-safe. */
final class Lines {

  /** Where the comments behind values begin, if the values leave room. */
  private static final int COMMENT_COLUMN = 40;

  private final StringBuilder text = new StringBuilder();

  void add(String line) {
    text.append(line).append('\n');
  }

  void add(String line, String comment) {
    add(line + " ".repeat(Math.max(1, COMMENT_COLUMN - line.length())) + "# " + comment);
  }

  /** A value, quoted where YAML would read something else in it. */
  static String text(String value) {
    return value.matches("[A-Za-z0-9_./][A-Za-z0-9_./:,-]*") && !value.endsWith(":")
        ? value
        : '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  @Override
  public String toString() {
    return text.toString();
  }
}

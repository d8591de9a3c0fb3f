package io.penstock.config.yaml;

import java.util.Comparator;

/**
 * One thing that is wrong with a configuration, as one line that says where, what and what else.
 */
public record Problem(Origin origin, String path, String message) {

  /** In the order of the file, then the environment by name. */
  public static final Comparator<Problem> ORDER =
      Comparator.comparing((Problem p) -> p.origin instanceof Origin.FileLine ? 0 : 1)
          .thenComparing(p -> p.origin instanceof Origin.FileLine line ? line.line() : 0)
          .thenComparing(p -> p.origin.toString());

  public Problem {
    message = message.replaceAll("\\s*[\\r\\n]+\\s*", " ");
  }

  @Override
  public String toString() {
    return path.isEmpty() ? origin + ": " + message : origin + ": " + path + ": " + message;
  }
}

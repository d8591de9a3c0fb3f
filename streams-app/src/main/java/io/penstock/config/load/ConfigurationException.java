package io.penstock.config.load;

import java.util.List;

/**
 * A configuration cannot be used; whoever wrote it must act. The message has one line for each
 * problem.
 */
public final class ConfigurationException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final List<String> problems;

  /** A configuration with one problem. */
  public ConfigurationException(String problem) {
    this(List.of(problem));
  }

  /** A configuration with these problems. */
  public ConfigurationException(List<String> problems) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
  }

  /** Every problem, in the order of the file. */
  public List<String> problems() {
    return problems;
  }
}

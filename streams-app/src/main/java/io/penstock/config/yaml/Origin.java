package io.penstock.config.yaml;

/**
 * Where a value came from. Its text opens the line of a problem and closes a line of {@code show}.
 */
public sealed interface Origin {

  /** A line of a file; lines count from 1. */
  record FileLine(String file, int line) implements Origin {
    @Override
    public String toString() {
      return file + ":" + line;
    }
  }

  /** An environment variable. */
  record Variable(String name) implements Origin {
    @Override
    public String toString() {
      return "environment " + name;
    }
  }

  /** Nothing was said: the default. */
  record Default() implements Origin {
    @Override
    public String toString() {
      return "default";
    }
  }
}

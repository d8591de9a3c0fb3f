package io.penstock.cli;

/** What the process's exit code says. Part of the interface. */
final class ExitCodes {

  /** Done. */
  static final int OK = 0;

  /** Something outside failed, or a check did. */
  static final int FAILURE = 1;

  /** The command line or the configuration is wrong; trying again does not help. */
  static final int USAGE = 2;

  private ExitCodes() {}
}

package io.penstock.cli.shell;

/** What the process's exit code says. Part of the interface. */
public final class ExitCodes {

  /** Done. */
  public static final int OK = 0;

  /** Something outside failed, or a check did. */
  public static final int FAILURE = 1;

  /** The command line or the configuration is wrong; trying again does not help. */
  public static final int USAGE = 2;

  /** The fleet has rejected a command, or given the promotion up; nothing has changed. */
  public static final int REFUSED = 3;

  /** The fleet has not answered in time; it still may. */
  public static final int TIMED_OUT = 4;

  /** No broker answers, or not as one that lets us work. */
  public static final int UNREACHABLE = 5;

  private ExitCodes() {}
}

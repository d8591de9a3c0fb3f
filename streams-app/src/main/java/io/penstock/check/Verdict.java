package io.penstock.check;

import java.util.Collection;

/**
 * What a check found.
 *
 * @param subject what was looked at: {@code topic payments}
 * @param message what was found, and what to do about it unless it is well
 */
public record Verdict(String subject, Level level, String message) {

  /** How bad it is. */
  public enum Level {
    /** As it should be. */
    OK,
    /** The service runs, with less than it promises. */
    WARNING,
    /** The service cannot run. */
    FAILED
  }

  public static Verdict ok(String subject, String message) {
    return new Verdict(subject, Level.OK, message);
  }

  public static Verdict warning(String subject, String message) {
    return new Verdict(subject, Level.WARNING, message);
  }

  public static Verdict failed(String subject, String message) {
    return new Verdict(subject, Level.FAILED, message);
  }

  /** Whether none of those failed. */
  public static boolean allPass(Collection<Verdict> verdicts) {
    return verdicts.stream().noneMatch(verdict -> verdict.level() == Level.FAILED);
  }

  /** One line, for people. */
  @Override
  public String toString() {
    return "%-7s  %s: %s".formatted(level, subject, message);
  }
}

package io.penstock.check;

import java.util.List;

/**
 * Something that must hold around a service. May do I/O, within a bound; a failure is a verdict,
 * not an exception.
 */
@FunctionalInterface
public interface Check {
  List<Verdict> verdicts();
}

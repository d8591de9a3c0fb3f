package io.penstock.chaos;

import java.util.ArrayList;
import java.util.List;

/**
 * What became of the records of a plan, and of the processes.
 *
 * @param struck the strikes, each with the rows in flight at it
 * @param inFlight all of these together
 * @param outOfOrder outcomes after one of a later input
 * @param firstsOutOfOrder the same, duplicates left out
 * @param misanswered outcomes that do not suit their inputs
 * @param uncommitted inputs whose offsets were not committed in the end
 * @param gaveUp instances that ended by themselves
 * @param hanging transactions that the broker left open and that were aborted by hand
 * @param verdicts what the commands came to
 * @param complaints whatever else was wrong, in words
 * @param recoverySeconds from the end of the last fault until nothing was missing
 */
record Findings(
    Plan plan,
    List<String> struck,
    long inFlight,
    long inputs,
    long outcomes,
    long deadLetters,
    long lost,
    long duplicated,
    int outOfOrder,
    int firstsOutOfOrder,
    int misanswered,
    long uncommitted,
    int gaveUp,
    int hanging,
    List<String> verdicts,
    List<String> complaints,
    long recoverySeconds,
    long seconds) {

  /** A plan that hits nobody at work proves nothing. */
  boolean counts() {
    return inFlight > 0;
  }

  /** What its guarantee forbids, in words; empty when all is well. */
  List<String> violations() {
    List<String> violations = new ArrayList<>(complaints);
    forbid(violations, lost, "lost");
    forbid(violations, misanswered, "misanswered");
    if (plan.guarantee() == Guarantee.EXACTLY_ONCE_V2) {
      forbid(violations, duplicated, "duplicated");
      forbid(violations, outOfOrder, "out of order");
      forbid(violations, uncommitted, "uncommitted");
    } else if (!plan.has(Fault.FAILED_SEND)) {
      // Only a send that fails leaves a gap that is filled later.
      forbid(violations, firstsOutOfOrder, "first outcomes out of order");
    }
    return violations;
  }

  private static void forbid(List<String> violations, long count, String what) {
    if (count != 0) {
      violations.add(count + " " + what);
    }
  }

  /** One line. */
  @Override
  public String toString() {
    return ("plan seed=%d guarantee=%s threads=%d inferenceThreads=%d instances=%d mix=%s faults=%s"
            + " inputs=%d outcomes=%d deadLetters=%d lost=%d duplicated=%d outOfOrder=%d"
            + " firstsOutOfOrder=%d misanswered=%d uncommitted=%d gaveUp=%d hanging=%d commands=%s recoverySeconds=%d seconds=%d%s")
        .formatted(
            plan.seed(),
            plan.guarantee(),
            plan.threads(),
            plan.inferenceThreads(),
            plan.instances(),
            plan.mix(),
            struck,
            inputs,
            outcomes,
            deadLetters,
            lost,
            duplicated,
            outOfOrder,
            firstsOutOfOrder,
            misanswered,
            uncommitted,
            gaveUp,
            hanging,
            verdicts,
            recoverySeconds,
            seconds,
            counts() ? "" : " (nothing was in flight: does not count)");
  }
}

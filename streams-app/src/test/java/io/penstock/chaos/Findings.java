package io.penstock.chaos;

import io.penstock.testkit.Census;
import java.util.ArrayList;
import java.util.List;

/**
 * What became of the records of a plan, and of the processes.
 *
 * @param struck the strikes, each with the rows in flight at it
 * @param inFlight all of these together
 * @param count the outcomes
 * @param misanswered outcomes that do not suit their inputs
 * @param uncommitted inputs whose offsets were not committed in the end
 * @param droppedMarkers how often the broker left out markers that end transactions
 * @param gaveUp instances that ended by themselves
 * @param complaints what was wrong about the processes
 */
record Findings(
    Plan plan,
    List<String> struck,
    long inFlight,
    Census.Count count,
    List<String> misanswered,
    long uncommitted,
    long droppedMarkers,
    int gaveUp,
    Recovery recovery,
    List<String> complaints,
    long seconds) {

  private static final int EXAMPLES = 5;

  /**
   * How a fleet was after the last fault.
   *
   * @param verdicts what the commands came to
   * @param hanging transactions that the broker left open and that were ended by hand
   * @param seconds until nothing was missing
   */
  record Recovery(List<String> verdicts, int hanging, long seconds) {}

  /** A plan that hits nobody at work proves nothing, nor does one whose broker broke its word. */
  boolean counts() {
    return inFlight > 0 && !isBrokerToBlame();
  }

  private boolean isBrokerToBlame() {
    return plan.guarantee() == Guarantee.EXACTLY_ONCE_V2 && droppedMarkers > 0;
  }

  /** What its guarantee forbids, in words; empty when all is well. */
  List<String> violations() {
    List<String> violations = new ArrayList<>(complaints);
    forbid(violations, "misanswered", misanswered);
    if (isBrokerToBlame()) {
      return violations;
    }
    forbid(violations, "lost", count.lost());
    if (plan.guarantee() == Guarantee.EXACTLY_ONCE_V2) {
      forbid(violations, "duplicated", count.duplicated());
      forbid(violations, "out of order", count.disorder());
      forbid(violations, "uncommitted", uncommitted);
    } else if (!plan.has(Fault.FAILED_SEND)) {
      // Only a send that fails leaves a gap that is filled later.
      forbid(violations, "first outcomes out of order", count.disorderOfFirsts());
    }
    return violations;
  }

  private static void forbid(List<String> violations, String what, List<String> cases) {
    int shown = Math.min(EXAMPLES, cases.size());
    forbid(violations, what + ", among them " + cases.subList(0, shown), cases.size());
  }

  private static void forbid(List<String> violations, String what, long cases) {
    if (cases != 0) {
      violations.add(cases + " " + what);
    }
  }

  /** One line. */
  @Override
  public String toString() {
    return ("plan seed=%d guarantee=%s threads=%d inferenceThreads=%d instances=%d mix=%s faults=%s"
            + " %s misanswered=%d uncommitted=%d droppedMarkers=%d gaveUp=%d hanging=%d commands=%s"
            + " recoverySeconds=%d seconds=%d%s")
        .formatted(
            plan.seed(),
            plan.guarantee(),
            plan.threads(),
            plan.inferenceThreads(),
            plan.instances(),
            plan.mix(),
            struck,
            count,
            misanswered.size(),
            uncommitted,
            droppedMarkers,
            gaveUp,
            recovery.hanging(),
            recovery.verdicts(),
            recovery.seconds(),
            seconds,
            counts() ? "" : why());
  }

  private String why() {
    return isBrokerToBlame()
        ? " (the broker left out markers: does not count)"
        : " (nothing was in flight: does not count)";
  }
}

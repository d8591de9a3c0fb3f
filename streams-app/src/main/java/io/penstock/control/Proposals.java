package io.penstock.control;

import io.penstock.schemas.Command;
import io.penstock.schemas.ModelDecision;
import io.penstock.schemas.Phase;
import io.penstock.schemas.Promote;
import java.util.Optional;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * Which promotion an instance proposes by itself. A pure function.
 *
 * <p>The <em>initial version</em>: while a model has never had an active version, its highest
 * aspired one. If that is aborted it is proposed again by a process that starts later (somebody may
 * have mended it), not by one that has seen it fail.
 *
 * <p>A <em>newer version</em>, if promotion is automatic: the highest aspired one, if it is higher
 * than any that was ever tried. So what was rolled back or aborted does not come back by itself.
 *
 * <p>Nothing while a promotion is in preparation. Every instance proposes; as a proposal says what
 * it expects to be active, the first one counts and the others are rejected.
 */
final class Proposals {

  static final String INITIAL = "initial version";
  static final String NEWER = "newer version, promotion: automatic";

  private Proposals() {}

  /**
   * What to propose.
   *
   * @param decision the newest one about the model
   * @param epochAtStart of the decision that this process found when it started; −1: none
   * @param last what this process proposed last for the model; never twice the same
   */
  static Optional<Proposal> next(
      ServedModel served,
      Optional<ModelDecision> decision,
      long epochAtStart,
      @Nullable Proposal last) {
    SortedSet<Long> aspired = served.aspired();
    if (aspired.isEmpty() || decision.filter(Proposals::isPreparing).isPresent()) {
      return Optional.empty();
    }
    long candidate = aspired.last();
    long epoch = decision.map(ModelDecision::getEpoch).orElse(Hearing.NONE);
    long newestTried = decision.map(ModelDecision::getNewestTried).orElse(Hearing.NONE);
    Optional<Long> active = decision.map(ModelDecision::getActive);
    boolean due =
        active.isEmpty()
            ? candidate > newestTried || epoch == epochAtStart
            : served.automatic() && candidate > newestTried;
    return Optional.of(new Proposal(candidate, active.orElse(Hearing.NONE), epoch))
        .filter(proposal -> due && !proposal.equals(last));
  }

  private static boolean isPreparing(ModelDecision decision) {
    return decision.getPhase() == Phase.PREPARE;
  }

  /**
   * To promote a version.
   *
   * @param expected the version active now; −1: none
   * @param epoch of the decision that it was made after; after another one it may be made again
   */
  record Proposal(long version, long expected, long epoch) {

    Command command(String model, String instance) {
      return Command.newBuilder()
          .setPromote(new Promote(model, version, expected))
          .setBy("instance " + instance)
          .setWhy(expected == Hearing.NONE ? INITIAL : NEWER)
          .build();
    }
  }
}

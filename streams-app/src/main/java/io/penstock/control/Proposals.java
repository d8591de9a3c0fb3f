package io.penstock.control;

import io.penstock.schemas.ModelDecision;
import io.penstock.schemas.Phase;
import java.util.Comparator;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an instance proposes by itself. A pure function.
 *
 * <p>A <em>roll-back</em>, when the active version cannot be run here and the way {@linkplain
 * Fallback back} is open.
 *
 * <p>The <em>initial version</em>, while a model has no active version: the highest aspired one
 * that has not failed. So when it is aborted the next older one follows, until one serves or none
 * is left; what failed is proposed again when its files have changed, or by a process that starts
 * later.
 *
 * <p>A <em>newer version</em>, if promotion is automatic: the highest aspired one, if it is higher
 * than any that was ever tried. So what was rolled back or aborted does not come back by itself.
 *
 * <p>Nothing while a promotion is in preparation. Every instance proposes; the first one counts and
 * the others are rejected.
 */
final class Proposals {

  private Proposals() {}

  /**
   * What to propose.
   *
   * @param decision the newest one about the model
   * @param failed versions that are not worth another try
   * @param last what this process proposed last for the model; never twice the same
   */
  static Optional<Proposal> next(
      ServedModel served,
      Optional<ModelDecision> decision,
      Set<Long> failed,
      @Nullable Proposal last) {
    if (decision.filter(Proposals::isPreparing).isPresent()) {
      return Optional.empty();
    }
    long epoch = decision.map(ModelDecision::getEpoch).orElse(Hearing.NONE);
    Optional<Long> active = decision.map(ModelDecision::getActive);
    Optional<Proposal> back =
        Fallback.of(served, decision)
            .filter(fallback -> fallback.obstacle().isEmpty())
            .map(fallback -> new Proposal.Back(fallback.from(), epoch));
    Optional<Long> candidate =
        active.isEmpty() ? initial(served, failed) : newer(served, decision.orElseThrow());
    return back.or(
            () ->
                candidate.map(
                    version -> new Proposal.Forward(version, active.orElse(Hearing.NONE), epoch)))
        .filter(proposal -> !proposal.equals(last));
  }

  private static Optional<Long> initial(ServedModel served, Set<Long> failed) {
    return served.aspired().keySet().stream()
        .filter(version -> !failed.contains(version))
        .max(Comparator.naturalOrder());
  }

  private static Optional<Long> newer(ServedModel served, ModelDecision decision) {
    long newestTried = Objects.requireNonNullElse(decision.getNewestTried(), Hearing.NONE);
    return served.aspired().keySet().stream()
        .filter(version -> served.automatic() && version > newestTried)
        .max(Comparator.naturalOrder());
  }

  private static boolean isPreparing(ModelDecision decision) {
    return decision.getPhase() == Phase.PREPARE;
  }
}

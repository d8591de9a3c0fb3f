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
 * <p>A {@linkplain Fallback way out}, when a version that is to serve cannot be run here, and it is
 * open: a <em>roll-back</em>, or that the active version serves <em>all records</em>.
 *
 * <p>The <em>initial version</em>, while a model has no active version: the highest aspired one
 * that has not failed. So when it is aborted the next older one follows, until one serves or none
 * is left; what failed is proposed again when its files have changed, when it loads after all, or
 * by a process that starts later.
 *
 * <p>A <em>newer version</em>, if promotion is automatic: the highest aspired one that is newer
 * than the active one and that nobody has unloaded, if it is higher than any that was ever tried,
 * or was given up and is mended. So what was rolled back, or aborted by a command, does not come
 * back by itself. As long as the version before serves earlier records it waits, since it would end
 * what somebody has asked for.
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
   * @param mended versions that failed, and are loaded here and worth another try
   * @param last what this process proposed last for the model; never twice the same
   */
  static Optional<Proposal> next(
      ServedModel served,
      Optional<ModelDecision> decision,
      Set<Long> failed,
      Set<Long> mended,
      @Nullable Proposal last) {
    if (decision.filter(Proposals::isPreparing).isPresent()) {
      return Optional.empty();
    }
    long epoch = decision.map(ModelDecision::getEpoch).orElse(Hearing.NONE);
    Optional<Long> active = decision.map(ModelDecision::getActive);
    Optional<Proposal> fallback =
        Fallback.of(served, decision).flatMap(wayOut -> wayOut.proposal(epoch));
    Optional<Long> candidate =
        active.isEmpty() ? initial(served, failed) : newer(served, decision.orElseThrow(), mended);
    return fallback
        .or(
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

  private static Optional<Long> newer(
      ServedModel served, ModelDecision decision, Set<Long> mended) {
    if (decision.getActiveFrom() != null) {
      return Optional.empty();
    }
    long newestTried = Objects.requireNonNullElse(decision.getNewestTried(), Hearing.NONE);
    return served.aspired().keySet().stream()
        .filter(version -> served.automatic() && version > decision.getActive())
        .filter(version -> version > newestTried || mended.contains(version))
        .filter(version -> !decision.getUnloaded().contains(version))
        .max(Comparator.naturalOrder());
  }

  private static boolean isPreparing(ModelDecision decision) {
    return decision.getPhase() == Phase.PREPARE;
  }
}

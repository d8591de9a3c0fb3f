package io.penstock.control;

import io.penstock.schemas.ModelDecision;
import io.penstock.schemas.Phase;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The way back from an active version that this instance cannot run: whether a roll-back is worth
 * proposing, and where it leads. A pure function of the newest decision.
 *
 * <p>One roll-back is tried. When the fleet gives it up, somebody has to promote what works: to try
 * again would have every instance prepare in vain, over and over.
 *
 * @param from the version that is active and fails
 * @param to the version that was active before; none if there is none to roll back to
 * @param obstacle why a roll-back is not proposed now; none if it is
 */
record Fallback(long from, Optional<Long> to, Optional<String> obstacle) {

  private static final String HELP = "promote a version that works";

  /** Empty while what is active here works, or somebody else is to see to it. */
  static Optional<Fallback> of(ServedModel served, Optional<ModelDecision> newest) {
    return newest
        .filter(decision -> decision.getActive() != null)
        .filter(decision -> served.broken().containsKey(decision.getActive()))
        .map(
            decision ->
                new Fallback(
                    decision.getActive(),
                    Optional.ofNullable(decision.getPrevious()),
                    Optional.ofNullable(obstacle(served, decision))));
  }

  private static @Nullable String obstacle(ServedModel served, ModelDecision decision) {
    Long previous = decision.getPrevious();
    if (decision.getPhase() == Phase.PREPARE) {
      return "version %d is in preparation (epoch %d)"
          .formatted(decision.getTarget(), decision.getEpoch());
    }
    if (previous == null) {
      return "there is no version to roll back to; " + HELP;
    }
    if (served.broken().containsKey(previous)) {
      return "version %d, to roll back to, has failed too; %s".formatted(previous, HELP);
    }
    if (decision.getPhase() == Phase.ABORTED && previous.equals(decision.getTarget())) {
      return "the roll-back to %d was given up (epoch %d); %s. The reason: %s"
          .formatted(previous, decision.getEpoch(), HELP, decision.getReason());
    }
    return null;
  }

  /**
   * How it stands, for operators.
   *
   * @param command the offset of the command that proposes it; none before it is on the topic
   * @param answered whether that command is answered
   */
  String outlook(Optional<Long> command, boolean answered) {
    if (obstacle.isPresent()) {
      return obstacle.get();
    }
    String rollBack = "roll-back to %d ".formatted(to.orElseThrow());
    if (command.isEmpty()) {
      return rollBack + "is being proposed";
    }
    return answered
        ? rollBack
            + "rejected (command at offset %d, see the audit); %s".formatted(command.get(), HELP)
        : rollBack + "proposed, command at offset %d".formatted(command.get());
  }
}

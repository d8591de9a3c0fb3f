package io.penstock.control;

import io.penstock.schemas.ModelDecision;
import io.penstock.schemas.Phase;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The way out for an instance that cannot run what is to serve: whether it is worth proposing, and
 * where it leads. A pure function of the newest decision.
 *
 * <p>From the active version it leads <em>back</em>, to the version that was active before. Where
 * that one still serves earlier records, and it alone fails, it leads <em>on</em>: the active
 * version is to serve all records.
 *
 * <p>It is tried once. When the fleet gives it up, somebody has to promote what works, whatever
 * else is given up meanwhile: to try again would have every instance prepare in vain, over and
 * over.
 *
 * @param way which of the two
 * @param from the version that is to serve and fails
 * @param to the version that is to serve instead; none if there is none to roll back to
 * @param obstacle why that is not proposed now; none if it is
 */
record Fallback(Way way, long from, Optional<Long> to, Optional<String> obstacle) {

  /** Where it leads, in the words that operators are told. */
  enum Way {
    BACK("roll-back to %d"),
    ON("promotion of %d for all records");

    private final String text;

    Way(String text) {
      this.text = text;
    }

    private String to(long version) {
      return text.formatted(version);
    }
  }

  private static final String HELP = "promote a version that works";

  /** Empty while what is to serve here works, or somebody else is to see to it. */
  static Optional<Fallback> of(ServedModel served, Optional<ModelDecision> newest) {
    return newest.flatMap(decision -> of(served, decision));
  }

  private static Optional<Fallback> of(ServedModel served, ModelDecision decision) {
    Long active = decision.getActive();
    Long previous = decision.getPrevious();
    if (active == null) {
      return Optional.empty();
    }
    if (served.broken().containsKey(active)) {
      return Optional.of(
          new Fallback(
              Way.BACK,
              active,
              Optional.ofNullable(previous),
              Optional.ofNullable(obstacle(served, decision))));
    }
    boolean shares = decision.getActiveFrom() != null && previous != null;
    return shares && served.broken().containsKey(previous)
        ? Optional.of(
            new Fallback(
                Way.ON,
                previous,
                Optional.of(active),
                preparing(decision).or(() -> tried(Way.ON, active, decision))))
        : Optional.empty();
  }

  private static @Nullable String obstacle(ServedModel served, ModelDecision decision) {
    Long previous = decision.getPrevious();
    Optional<String> preparing = preparing(decision);
    if (preparing.isPresent()) {
      return preparing.get();
    }
    if (previous == null) {
      return "there is no version to roll back to; " + HELP;
    }
    return served.broken().containsKey(previous)
        ? "version %d, to roll back to, has failed too; %s".formatted(previous, HELP)
        : tried(Way.BACK, previous, decision).orElse(null);
  }

  private static Optional<String> preparing(ModelDecision decision) {
    return decision.getPhase() == Phase.PREPARE
        ? Optional.of(
            "version %d is in preparation (epoch %d)"
                .formatted(decision.getTarget(), decision.getEpoch()))
        : Optional.empty();
  }

  private static Optional<String> tried(Way way, Long version, ModelDecision newest) {
    return newest.getGivenUp().stream()
        .filter(givenUp -> version.equals(givenUp.getVersion()))
        .findAny()
        .map(
            givenUp ->
                "the %s was given up (epoch %d); %s. The reason: %s"
                    .formatted(
                        way.to(version),
                        givenUp.getEpoch(),
                        HELP,
                        givenUp.getEpoch() == newest.getEpoch()
                            ? newest.getReason()
                            : "see the audit"));
  }

  /** What is to be asked of the fleet; empty while there is an obstacle. */
  Optional<Proposal> proposal(long epoch) {
    return obstacle.isPresent()
        ? Optional.empty()
        : to.map(
            version ->
                way == Way.BACK
                    ? new Proposal.Back(from, epoch)
                    : new Proposal.Wider(version, from, epoch));
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
    String what = way.to(to.orElseThrow());
    if (command.isEmpty()) {
      return what + " is being proposed";
    }
    return answered
        ? what
            + " rejected (command at offset %d, see the audit); %s".formatted(command.get(), HELP)
        : what + " proposed, command at offset %d".formatted(command.get());
  }
}

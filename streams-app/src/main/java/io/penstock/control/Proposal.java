package io.penstock.control;

import io.penstock.schemas.Command;
import io.penstock.schemas.ModelDecision;
import io.penstock.schemas.Phase;
import io.penstock.schemas.Promote;
import io.penstock.schemas.Rollback;
import java.util.Optional;

/**
 * What an instance asks of the fleet by itself. It says which decision it was made after, so that
 * of the same proposal by several instances the first one counts; after another decision it may be
 * made again.
 */
sealed interface Proposal {

  String INITIAL = "initial version";
  String NEWER = "newer version, promotion: automatic";

  /**
   * The command.
   *
   * @param instance who proposes
   * @param served the model as that instance serves it
   * @param after the decision that it was made after
   */
  Command command(String model, String instance, ServedModel served, Optional<ModelDecision> after);

  /**
   * To promote a version.
   *
   * @param expected the version active now; −1: none
   * @param epoch of the decision that it was made after; −1: none
   */
  record Forward(long version, long expected, long epoch) implements Proposal {

    @Override
    public Command command(
        String model, String instance, ServedModel served, Optional<ModelDecision> after) {
      return Command.newBuilder()
          .setPromote(new Promote(model, version, expected, epoch, null, null, null, null))
          .setBy(by(instance))
          .setWhy(expected == Hearing.NONE ? INITIAL + since(after) : NEWER)
          .build();
    }

    private static String since(Optional<ModelDecision> after) {
      return after
          .filter(decision -> decision.getPhase() == Phase.ABORTED)
          .map(
              decision ->
                  ", since %d was given up: %s"
                      .formatted(decision.getTarget(), decision.getReason()))
          .orElse("");
    }
  }

  /**
   * To roll back.
   *
   * @param from the version active now, which has failed
   * @param epoch of the decision that it was made after
   */
  record Back(long from, long epoch) implements Proposal {

    @Override
    public Command command(
        String model, String instance, ServedModel served, Optional<ModelDecision> after) {
      return Command.newBuilder()
          .setRollback(new Rollback(model, from, epoch))
          .setBy(by(instance))
          .setWhy("version %d has failed: %s".formatted(from, served.broken().get(from)))
          .build();
    }
  }

  /**
   * To promote the active version for all records.
   *
   * @param version the one active now
   * @param from the version that serves earlier records, and has failed
   * @param epoch of the decision that it was made after
   */
  record Wider(long version, long from, long epoch) implements Proposal {

    @Override
    public Command command(
        String model, String instance, ServedModel served, Optional<ModelDecision> after) {
      return Command.newBuilder()
          .setPromote(new Promote(model, version, version, epoch, null, null, null, null))
          .setBy(by(instance))
          .setWhy(
              "version %d, which serves earlier records, has failed: %s"
                  .formatted(from, served.broken().get(from)))
          .build();
    }
  }

  private static String by(String instance) {
    return "instance " + instance;
  }
}

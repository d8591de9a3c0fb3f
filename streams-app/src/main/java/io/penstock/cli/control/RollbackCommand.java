package io.penstock.cli.control;

import io.penstock.control.client.ControlClient;
import io.penstock.schemas.Command;
import io.penstock.schemas.ModelDecision;
import io.penstock.schemas.Rollback;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Promotes the version that was active before. */
@picocli.CommandLine.Command(
    name = "rollback",
    description = {
      "Promote the version that was active before; twice returns to where one was.",
      "Says what it was given after, so that the same command a second time changes nothing.",
      "Tells whether it was begun; with --wait, what became of it."
    })
final class RollbackCommand implements Callable<Integer> {

  @Mixin private final Order order;

  @Parameters(paramLabel = "MODEL", description = "The model.")
  private String model = "";

  @Option(names = "--wait", description = "Wait for the end: every instance ready, or given up.")
  private boolean wait;

  @Option(
      names = "--expected",
      paramLabel = "VERSION",
      description = "Only if this version is active now.")
  private @Nullable String expected;

  @Option(
      names = "--deadline",
      paramLabel = "WHEN",
      description = "When it is given up: a time from now such as 2m, or a time.")
  private @Nullable String deadline;

  RollbackCommand(Order order) {
    this.order = order;
  }

  @Override
  public Integer call() {
    return order.give(this::command, "rollback " + model, model, wait);
  }

  /** On the condition that nothing was decided meanwhile. */
  private Command.Builder command(ControlClient client) {
    Optional<ModelDecision> decision = client.decision(model);
    Long active = decision.map(ModelDecision::getActive).orElse(null);
    Long given = PromoteCommand.expected(expected);
    return Command.newBuilder()
        .setRollback(
            new Rollback(
                model,
                given == null ? active : given,
                decision.map(ModelDecision::getEpoch).orElse(null)))
        .setDeadline(PromoteCommand.instant("--deadline", deadline));
  }
}

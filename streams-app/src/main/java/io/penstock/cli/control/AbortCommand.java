package io.penstock.cli.control;

import io.penstock.schemas.Abort;
import io.penstock.schemas.Command;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Ends a promotion that is in preparation. */
@picocli.CommandLine.Command(
    name = "abort",
    description = "End the promotion in preparation; nothing has changed then.")
final class AbortCommand implements Callable<Integer> {

  @Mixin private final Order order;

  @Parameters(paramLabel = "MODEL", description = "The model.")
  private String model = "";

  @Option(
      names = "--epoch",
      paramLabel = "N",
      description = "Only if this epoch is the one in preparation.")
  private @Nullable Long epoch;

  AbortCommand(Order order) {
    this.order = order;
  }

  @Override
  public Integer call() {
    return order.give(
        Command.newBuilder().setAbort(new Abort(model, epoch)), "abort " + model, model, false);
  }
}

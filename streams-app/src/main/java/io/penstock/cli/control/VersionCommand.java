package io.penstock.cli.control;

import io.penstock.schemas.Command;
import io.penstock.schemas.Load;
import io.penstock.schemas.Pin;
import io.penstock.schemas.Unload;
import io.penstock.schemas.Unpin;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Says of one version whether it is kept loaded: load, unload, pin or unpin. */
@picocli.CommandLine.Command
final class VersionCommand implements Callable<Integer> {

  /** Which of these it is. */
  enum Kind implements OrderKind {
    LOAD("Load a version that the version policy does not keep, until it is unloaded."),
    UNLOAD("Give a version's memory back, and do not load it again unless it is asked for."),
    PIN("Keep a version loaded whatever the version policy says."),
    UNPIN("Leave a version to the version policy again.");

    private final String description;

    Kind(String description) {
      this.description = description;
    }

    @Override
    public String description() {
      return description;
    }
  }

  private final Kind kind;

  @Mixin private final Order order;

  @Parameters(index = "0", paramLabel = "MODEL", description = "The model.")
  private String model = "";

  @Parameters(index = "1", paramLabel = "VERSION", description = "The version's number.")
  private long version;

  VersionCommand(Order order, Kind kind) {
    this.order = order;
    this.kind = kind;
  }

  /** The command under its own name. */
  CommandLine commandLine() {
    return kind.commandLine(this);
  }

  @Override
  public Integer call() {
    Command.Builder command = Command.newBuilder();
    switch (kind) {
      case LOAD -> command.setLoad(new Load(model, version));
      case UNLOAD -> command.setUnload(new Unload(model, version));
      case PIN -> command.setPin(new Pin(model, version));
      case UNPIN -> command.setUnpin(new Unpin(model, version));
    }
    return order.give(command, "%s %s %d".formatted(kind.word(), model, version), model, false);
  }
}

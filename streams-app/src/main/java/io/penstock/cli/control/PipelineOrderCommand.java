package io.penstock.cli.control;

import io.penstock.schemas.Command;
import io.penstock.schemas.Pause;
import io.penstock.schemas.Resume;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Says of one pipeline whether it takes records: pause or resume. */
@picocli.CommandLine.Command
final class PipelineOrderCommand implements Callable<Integer> {

  /** Which of these it is. */
  enum Kind implements OrderKind {
    PAUSE("Let a pipeline take no more records, on every instance, until it is resumed."),
    RESUME("Let a pipeline that was paused go on.");

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

  @Parameters(paramLabel = "PIPELINE", description = "The pipeline.")
  private String pipeline = "";

  PipelineOrderCommand(Order order, Kind kind) {
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
      case PAUSE -> command.setPause(new Pause(pipeline));
      case RESUME -> command.setResume(new Resume(pipeline));
    }
    return order.give(command, "pipeline %s %s".formatted(kind.word(), pipeline), "", false);
  }
}

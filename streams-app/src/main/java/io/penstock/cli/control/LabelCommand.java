package io.penstock.cli.control;

import io.penstock.schemas.Command;
import io.penstock.schemas.Label;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Points a label at a version, or deletes it. */
@picocli.CommandLine.Command(
    name = "label",
    description = "Point a label at a version, which is kept loaded; or delete the label.")
final class LabelCommand implements Callable<Integer> {

  @Mixin private final Order order;

  @Spec
  private picocli.CommandLine.Model.CommandSpec spec =
      picocli.CommandLine.Model.CommandSpec.create();

  @Parameters(index = "0", paramLabel = "MODEL", description = "The model.")
  private String model = "";

  @Parameters(index = "1", paramLabel = "LABEL", description = "The label, such as stable.")
  private String label = "";

  @Parameters(
      index = "2",
      arity = "0..1",
      paramLabel = "VERSION",
      description = "The version's number.")
  private @Nullable Long version;

  @Option(names = "--delete", description = "Delete the label.")
  private boolean delete;

  LabelCommand(Order order) {
    this.order = order;
  }

  @Override
  public Integer call() {
    if (delete == (version != null)) {
      throw new ParameterException(
          spec.commandLine(), "label: a version or --delete (expected: one of them)");
    }
    return order.give(
        Command.newBuilder().setLabel(new Label(model, label, version)),
        "label %s %s %s".formatted(model, label, delete ? "--delete" : version),
        model,
        false);
  }
}

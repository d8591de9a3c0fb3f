package io.penstock.cli.control;

import io.penstock.cli.shell.ConfigOption;
import io.penstock.cli.shell.Terminal;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Adds the commands about a running fleet to a command line. */
public final class ControlCommands {

  private ControlCommands() {}

  /** Adds them all. */
  public static CommandLine addTo(
      CommandLine line, Supplier<ConfigOption> config, Terminal terminal) {
    Supplier<Order> order = () -> new Order(config.get(), terminal);
    Supplier<ConnectionOptions> connection = () -> new ConnectionOptions(config.get());
    line.addSubcommand(new PromoteCommand(order.get()))
        .addSubcommand(new RollbackCommand(order.get()));
    for (VersionCommand.Kind kind : VersionCommand.Kind.values()) {
      line.addSubcommand(new VersionCommand(order.get(), kind).commandLine());
    }
    return line.addSubcommand(new LabelCommand(order.get()))
        .addSubcommand(new AbortCommand(order.get()))
        .addSubcommand(
            pipelines(
                order,
                new FleetReport(config.get(), terminal),
                new PipelineReplayCommand(config.get(), terminal)))
        .addSubcommand(new StatusCommand(new FleetReport(config.get(), terminal)))
        .addSubcommand(new HistoryCommand(connection.get(), terminal))
        .addSubcommand(new WatchCommand(connection.get(), terminal));
  }

  private static CommandLine pipelines(
      Supplier<Order> order, FleetReport report, PipelineReplayCommand replay) {
    CommandSpec spec = CommandSpec.create().name("pipeline");
    spec.usageMessage()
        .description("Show pipelines, let them rest or go on, and compute their input once more.");
    CommandLine group =
        new CommandLine(spec).addSubcommand(new PipelineListCommand(report)).addSubcommand(replay);
    for (PipelineOrderCommand.Kind kind : PipelineOrderCommand.Kind.values()) {
      group.addSubcommand(new PipelineOrderCommand(order.get(), kind).commandLine());
    }
    return group;
  }
}

package io.penstock.cli.control;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows how the fleet stands. */
@Command(
    name = "status",
    description =
        "Show every model's decided version, what each live instance has loaded and serves, and"
            + " each pipeline's lag.")
final class StatusCommand implements Callable<Integer> {

  @Mixin private final FleetReport report;

  StatusCommand(FleetReport report) {
    this.report = report;
  }

  @Override
  public Integer call() {
    return report.print(StatusReport::json, StatusReport::text);
  }
}

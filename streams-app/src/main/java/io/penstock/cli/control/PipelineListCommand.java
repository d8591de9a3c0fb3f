package io.penstock.cli.control;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows the pipelines of the fleet. */
@Command(
    name = "list",
    description = "Show every pipeline that a live instance has, its lag, and its state on each.")
final class PipelineListCommand implements Callable<Integer> {

  @Mixin private final FleetReport report;

  PipelineListCommand(FleetReport report) {
    this.report = report;
  }

  @Override
  public Integer call() {
    return report.print(
        (fleet, lags) -> StatusReport.json(fleet, lags).get("pipelines"), StatusReport::pipelines);
  }
}

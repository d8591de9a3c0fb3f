package io.penstock.cli.control;

import com.fasterxml.jackson.databind.JsonNode;
import io.penstock.cli.shell.ConfigOption;
import io.penstock.cli.shell.ExitCodes;
import io.penstock.cli.shell.Terminal;
import io.penstock.control.client.ControlClient;
import io.penstock.control.client.FleetFeed;
import io.penstock.control.client.FleetView;
import io.penstock.control.client.Lags;
import java.util.function.BiFunction;
import picocli.CommandLine.Mixin;

/** The options of the commands that print how the fleet stands, and what they do with them. */
final class FleetReport {

  @Mixin private final ConnectionOptions connection;

  @Mixin private final OutputOption output = new OutputOption();

  private final Terminal terminal;

  FleetReport(ConfigOption config, Terminal terminal) {
    this.connection = new ConnectionOptions(config);
    this.terminal = terminal;
  }

  /** Asks the fleet once, prints what is asked for, and gives the exit code. */
  int print(BiFunction<FleetView, Lags, JsonNode> json, BiFunction<FleetView, Lags, String> text) {
    try (ControlClient client = connection.connect();
        FleetFeed feed = client.fleet(connection.livenessTimeout())) {
      FleetView fleet = feed.refresh();
      Lags lags = client.lags();
      terminal
          .out()
          .println(
              output.isJson()
                  ? OutputOption.line(json.apply(fleet, lags))
                  : text.apply(fleet, lags));
    }
    return ExitCodes.OK;
  }
}

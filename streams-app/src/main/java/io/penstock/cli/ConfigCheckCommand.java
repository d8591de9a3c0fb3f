package io.penstock.cli;

import io.penstock.check.Verdict;
import io.penstock.cli.shell.ConfigOption;
import io.penstock.cli.shell.Terminal;
import io.penstock.config.load.EffectiveConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Checks the configuration against the world. */
@Command(
    name = "check",
    description =
        "Check the configuration, models, fields, schemas and topics, each with a verdict.")
final class ConfigCheckCommand implements Callable<Integer> {

  @Mixin private final ConfigOption config;

  private final Terminal terminal;

  ConfigCheckCommand(ConfigOption config, Terminal terminal) {
    this.config = config;
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    EffectiveConfig loaded = config.load();
    List<Verdict> verdicts = new ArrayList<>(warnings(loaded));
    verdicts.addAll(new Checks(loaded.config(), config.file()).all());
    return terminal.print(verdicts);
  }

  /** What the file says that may not be meant. */
  static List<Verdict> warnings(EffectiveConfig loaded) {
    return loaded.warnings().stream()
        .map(warning -> Verdict.warning("configuration", warning))
        .toList();
  }
}

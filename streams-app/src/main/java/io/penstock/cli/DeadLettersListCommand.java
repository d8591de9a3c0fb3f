package io.penstock.cli;

import io.penstock.cli.shell.ConfigOption;
import io.penstock.cli.shell.ExitCodes;
import io.penstock.cli.shell.Terminal;
import io.penstock.config.PenstockConfig;
import io.penstock.replay.StoredLetter;
import io.penstock.schemas.DeadLetter;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists dead letters, one a line, and counts them by reason. */
@Command(
    name = "list",
    description = "List dead letters: where each lies, its reason, its input, and why.")
final class DeadLettersListCommand implements Callable<Integer> {

  @Mixin private final ConfigOption config;

  @Mixin private final DeadLetterOptions options = new DeadLetterOptions();

  private final Terminal terminal;

  DeadLettersListCommand(ConfigOption config, Terminal terminal) {
    this.config = config;
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    PenstockConfig loaded = config.load().config();
    Map<String, Integer> counts = new TreeMap<>();
    options.forEach(
        loaded,
        terminal,
        stored -> {
          counts.merge(stored.letter().getReason(), 1, Integer::sum);
          terminal.out().println(line(stored));
        });
    int all = counts.values().stream().mapToInt(Integer::intValue).sum();
    terminal.err().println(all + " dead letters" + (all == 0 ? "" : ": " + counts));
    return ExitCodes.OK;
  }

  private static String line(StoredLetter stored) {
    DeadLetter letter = stored.letter();
    return "%s  %s  %s-%d@%d  %s"
        .formatted(
            stored.position(),
            letter.getReason(),
            letter.getTopic(),
            letter.getPartition(),
            letter.getOffset(),
            letter.getMessage().lines().findFirst().orElse(""));
  }
}

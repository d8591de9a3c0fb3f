package io.penstock.cli;

import io.penstock.cli.shell.ConfigOption;
import io.penstock.cli.shell.ExitCodes;
import io.penstock.cli.shell.Terminal;
import io.penstock.codec.DeadLetterReason;
import io.penstock.config.PenstockConfig;
import io.penstock.config.PipelineConfig;
import io.penstock.config.load.ConfigurationException;
import io.penstock.replay.Resubmission;
import io.penstock.replay.StoredLetter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Sends the records that dead letters hold to their input topic again. */
@Command(
    name = "replay",
    description =
        "Send the records that dead letters hold to their input topic again, with key, headers and"
            + " timestamp as they were, in transactions. The letters stay; a record that is sent"
            + " twice is computed twice.")
final class DeadLettersReplayCommand implements Callable<Integer> {

  @Mixin private final ConfigOption config;

  @Mixin private final DeadLetterOptions options = new DeadLetterOptions();

  private final Terminal terminal;

  @Option(names = "--all", description = "All of them, where neither --reason nor --at is given.")
  private boolean all;

  @Option(names = "--dry-run", description = "Say which would be sent, and send nothing.")
  private boolean dryRun;

  @Option(
      names = "--new-timestamps",
      description =
          "Give the records the time of the replay. What was TOO_OLD or a STRAGGLER is so again without it.")
  private boolean newTimestamps;

  private final Places truncated = new Places();
  private int chosen;
  private int tooOld;
  private int stragglers;

  DeadLettersReplayCommand(ConfigOption config, Terminal terminal) {
    this.config = config;
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    PenstockConfig loaded = config.load().config();
    if (options.choice(loaded).isAll() && !all) {
      throw new ConfigurationException(
          "nothing is chosen (expected: --reason, --at or --all; --dry-run shows what that is)");
    }
    if (dryRun) {
      options.forEach(
          loaded,
          terminal,
          stored -> {
            if (isToBeSent(stored)) {
              terminal.out().println(stored.position() + "  " + stored.letter().getReason());
            }
          });
      terminal.err().println("would be sent: " + chosen);
    } else {
      terminal.err().println("sent: " + send(loaded));
    }
    return report();
  }

  private long send(PenstockConfig loaded) {
    String name = options.pipeline(loaded);
    PipelineConfig pipeline = loaded.pipeline(name);
    try (Resubmission resubmission =
        Resubmission.of(
            pipeline.deadLetters().topic(),
            loaded.kafka(pipeline),
            DeadLetterOptions.clientId(loaded),
            loaded.applicationId(name) + "-replay",
            options.choice(loaded).after(),
            newTimestamps)) {
      try {
        options.forEach(loaded, terminal, stored -> send(stored, resubmission));
        resubmission.sendWaiting();
      } catch (RuntimeException e) {
        sentSoFar(
            resubmission.isInDoubt() ? "sent for certain" : "sent, and nothing else", resubmission);
        throw e;
      }
      return resubmission.sent();
    }
  }

  private void send(StoredLetter stored, Resubmission resubmission) {
    if (isToBeSent(stored)) {
      long before = resubmission.sent();
      resubmission.send(stored);
      if (resubmission.sent() > before) {
        sentSoFar("sent so far", resubmission);
      }
    }
  }

  private void sentSoFar(String what, Resubmission resubmission) {
    String rest = resubmission.whereToGoOn();
    terminal
        .err()
        .println(what + ": " + resubmission.sent() + (rest.isEmpty() ? "" : "; the rest: " + rest));
  }

  private boolean isToBeSent(StoredLetter stored) {
    if (!Resubmission.canSend(stored)) {
      truncated.add(stored.position());
      return false;
    }
    if (stored.letter().getReason().equals(DeadLetterReason.TOO_OLD.name())) {
      tooOld++;
    }
    if (stored.letter().getReason().equals(DeadLetterReason.STRAGGLER.name())) {
      stragglers++;
    }
    chosen++;
    return true;
  }

  private int report() {
    if (tooOld > 0 && !newTimestamps) {
      terminal
          .err()
          .println(
              "of these were TOO_OLD, and are again while batch.max-age stays: "
                  + tooOld
                  + " (see: --new-timestamps)");
    }
    if (stragglers > 0 && !newTimestamps) {
      terminal
          .err()
          .println(
              "of these were STRAGGLER, and are again while control.stragglers is dead-letter: "
                  + stragglers
                  + " (see: --new-timestamps)");
    }
    if (truncated.count() > 0) {
      terminal.err().println("not sent, since they hold the record's beginning only: " + truncated);
    }
    return truncated.count() > 0 ? ExitCodes.FAILURE : ExitCodes.OK;
  }
}

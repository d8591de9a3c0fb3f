package io.penstock.cli;

import io.penstock.cli.shell.ConfigOption;
import io.penstock.cli.shell.ExitCodes;
import io.penstock.cli.shell.Terminal;
import io.penstock.codec.deadletter.DeadLetterEncoder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Prints dead letters whole. */
@Command(name = "show", description = "Print dead letters whole, each as one line of JSON.")
final class DeadLettersShowCommand implements Callable<Integer> {

  @Mixin private final ConfigOption config;

  @Mixin private final DeadLetterOptions options = new DeadLetterOptions();

  private final Terminal terminal;

  DeadLettersShowCommand(ConfigOption config, Terminal terminal) {
    this.config = config;
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    DeadLetterEncoder json = DeadLetterEncoder.json();
    AtomicInteger shown = new AtomicInteger();
    options.forEach(
        config.load().config(),
        terminal,
        stored -> {
          shown.incrementAndGet();
          terminal.out().println(new String(json.rewrite(stored.letter()), StandardCharsets.UTF_8));
        });
    if (shown.get() == 0) {
      terminal.err().println("penstock: no dead letter is meant (see: dead-letters list)");
      return ExitCodes.FAILURE;
    }
    return ExitCodes.OK;
  }
}

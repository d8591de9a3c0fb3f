package io.penstock.cli.control;

import java.util.Locale;
import picocli.CommandLine;

/** A command of which there are several kinds, each under a name of its own. */
interface OrderKind {

  /** As an enumeration has it. */
  String name();

  String description();

  /** What users type. */
  default String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The command under that name. */
  default CommandLine commandLine(Object command) {
    CommandLine line = new CommandLine(command);
    line.getCommandSpec().name(word());
    line.getCommandSpec().usageMessage().description(description());
    return line;
  }
}

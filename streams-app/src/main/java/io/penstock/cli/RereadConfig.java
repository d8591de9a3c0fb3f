package io.penstock.cli;

import io.penstock.check.Preflight;
import io.penstock.check.Verdict;
import io.penstock.cli.shell.ConfigOption;
import io.penstock.config.load.ConfigurationException;
import io.penstock.config.load.EffectiveConfig;
import io.penstock.service.ConfigSource;
import java.io.PrintWriter;

/**
 * The file of a configuration, read again while it is served, and checked as before a start. Not
 * thread-safe.
 */
final class RereadConfig implements ConfigSource {

  private final ConfigOption option;
  private final PrintWriter err;

  /**
   * @param err where that is said which is not well and no reason to refuse it
   */
  RereadConfig(ConfigOption option, PrintWriter err) {
    this.option = option;
    this.err = err;
  }

  @Override
  public EffectiveConfig read() {
    EffectiveConfig next = option.load();
    Preflight preflight = Checks.beforeServing(next.config(), option.file()).preflight();
    if (!preflight.allowsStart()) {
      throw new ConfigurationException(
          preflight.remarks().stream()
              .filter(verdict -> verdict.level() == Verdict.Level.FAILED)
              .map(verdict -> verdict.subject() + ": " + verdict.message())
              .toList());
    }
    ConfigCheckCommand.warnings(next).forEach(err::println);
    preflight.remarks().forEach(err::println);
    return next;
  }
}

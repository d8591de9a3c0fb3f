package io.penstock.cli;

import io.penstock.check.Verdict;
import io.penstock.cli.shell.ConfigOption;
import io.penstock.config.load.ConfigurationException;
import io.penstock.config.load.EffectiveConfig;
import io.penstock.service.ConfigSource;
import java.io.PrintWriter;
import java.util.List;
import java.util.Set;

/**
 * The file of a configuration, read again while it is served; what comes by it is checked as before
 * a start. Not thread-safe.
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
    return option.load();
  }

  @Override
  public void check(EffectiveConfig next, Set<String> models, Set<String> pipelines) {
    List<Verdict> remarks =
        Checks.ofWhatComes(next.config(), option.file(), models, pipelines).preflight().remarks();
    List<String> problems =
        remarks.stream()
            .filter(verdict -> verdict.level() == Verdict.Level.FAILED)
            .map(verdict -> verdict.subject() + ": " + verdict.message())
            .toList();
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
    ConfigCheckCommand.warnings(next).forEach(err::println);
    remarks.forEach(err::println);
  }
}

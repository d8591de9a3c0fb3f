package io.penstock.cli;

import io.penstock.check.Verdict;
import io.penstock.cli.shell.Terminal;
import io.penstock.inspect.ModelDirectory;
import io.penstock.inspect.Rehearsal;
import io.penstock.model.BatchSizes;
import io.penstock.model.ServableId;
import io.penstock.model.fitness.Fitness;
import io.penstock.model.lifecycle.ModelSettings;
import io.penstock.model.source.SourceReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Does what a version has to pass before it serves. */
@Command(
    name = "check",
    description = {
      "See whether each version is complete, load it, warm it up and run its golden checks: would it"
          + " serve, and what stops it?",
      "Exits with 1 if something does."
    })
final class ModelCheckCommand implements Callable<Integer> {

  private final Terminal terminal;
  private final Rehearsal rehearsal;

  @Parameters(
      paramLabel = "DIR",
      description = "The model's folder, which has a folder for each version, or one of these.")
  private Path directory = Path.of("");

  @Option(
      names = "--signature",
      paramLabel = "NAME",
      defaultValue = ModelSettings.DEFAULT_SIGNATURE,
      description = "A signature that pipelines ask for (default: ${DEFAULT-VALUE}). Repeatable.")
  private Set<String> signatures = new TreeSet<>();

  @Option(
      names = "--batch-rows",
      paramLabel = "N",
      description = "The largest batch that will be run (default: ${DEFAULT-VALUE}).")
  private int batchRows = 128;

  @Option(
      names = "--golden-checks-required",
      description = "Fail a version that brings no golden checks along.")
  private boolean goldenChecksRequired;

  @Option(
      names = "--infinite-outputs-allowed",
      description = "Let a version pass whose outputs are infinite or NaN in its warm-up.")
  private boolean infiniteOutputsAllowed;

  @Mixin private CompletenessOptions completeness = new CompletenessOptions();

  @Mixin private LoadOptions load = new LoadOptions();

  ModelCheckCommand(Terminal terminal, Rehearsal rehearsal) {
    this.terminal = terminal;
    this.rehearsal = rehearsal;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    ModelDirectory model = ModelDirectory.of(directory);
    SourceReport.Aspired found = completeness.judge(model);
    List<Verdict> verdicts = new ArrayList<>();
    model
        .versions()
        .forEach(
            (version, folder) -> {
              verdicts.add(completeness.verdict(model.id(version), found));
              if (found.versions().containsKey(version)) {
                verdicts.addAll(rehearse(model.id(version), folder));
              }
            });
    return terminal.print(verdicts);
  }

  private List<Verdict> rehearse(ServableId id, Path folder) {
    return rehearsal.check(
        id,
        folder,
        new Fitness(
            signatures,
            BatchSizes.upTo(Math.max(1, batchRows)).toWarmUp(),
            goldenChecksRequired,
            !infiniteOutputsAllowed),
        load.terms());
  }
}

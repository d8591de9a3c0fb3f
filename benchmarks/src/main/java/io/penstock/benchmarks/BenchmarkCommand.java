package io.penstock.benchmarks;

import io.penstock.benchmarks.measure.Proc;
import io.penstock.benchmarks.report.Environment;
import io.penstock.benchmarks.report.Results;
import io.penstock.benchmarks.subject.Checkout;
import io.penstock.benchmarks.suite.Bench;
import io.penstock.benchmarks.suite.Options;
import io.penstock.benchmarks.suite.Progress;
import io.penstock.benchmarks.suite.Repetitions;
import io.penstock.benchmarks.suite.Suite;
import io.penstock.benchmarks.suite.Suites;
import io.penstock.benchmarks.suite.Variant;
import io.penstock.localstack.host.TemporaryFolder;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** Runs suites and reports what they measured: {@code benchmarks/run}. */
@Command(
    name = "benchmarks/run",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Measures Penstock from outside, beside its bounds and its peers, on a broker of its own.",
      "Compare the rows of one run with each other, not with those of another machine."
    })
public final class BenchmarkCommand implements Callable<Integer> {

  private static final int REPETITIONS = 3;
  private static final int HALF_CAPACITY_MINUTES = 60;

  /** Whether standard error is a terminal; set by {@code benchmarks/run}. */
  private static final boolean DRAWN = Boolean.getBoolean("penstock.terminal");

  @Parameters(paramLabel = "SUITE", description = "Which suites (default: all).")
  private List<String> suites = new ArrayList<>();

  @Option(names = "--list", description = "List the suites and their variants.")
  private boolean list;

  @Option(names = "--quick", description = "Fewer records and one repetition: an impression.")
  private boolean quick;

  @Option(
      names = "--repetitions",
      paramLabel = "N",
      description = "How often every variant is measured (default: 3; 1 with --quick).")
  private @Nullable Integer repetitions;

  @Option(
      names = "--records",
      paramLabel = "N",
      description = "How many records a fast variant drains (default: the suite's).")
  private @Nullable Long records;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "GLOB",
      description = "Only variants whose name matches, such as 'pass*,penstock-alos'.")
  private List<String> only = new ArrayList<>();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where results go (default: benchmarks/target/results).")
  private @Nullable Path out;

  @Option(
      names = "--minutes",
      paramLabel = "N",
      description = "How long the suite 'backlog' runs at half capacity (default: 60; 1 if quick).")
  private @Nullable Integer minutes;

  @Option(names = "--profile", description = "Record what is measured with JFR and sum it up.")
  private boolean profile;

  @Option(
      names = "--ffnn",
      paramLabel = "DIR",
      description =
          "The SavedModel of the Crayfish benchmark's FFNN, 784 floats to 10 (default: the copy"
              + " beside the checkout; without one: the example's digits).")
  private @Nullable Path ffnn;

  private final Checkout checkout = Checkout.current();
  private final PrintStream terminal = new PrintStream(System.out, true, StandardCharsets.UTF_8);

  public static void main(String[] args) {
    System.exit(new CommandLine(new BenchmarkCommand()).execute(args));
  }

  @Override
  public Integer call() throws IOException {
    if (!Proc.isThere()) {
      terminal.println("There is no /proc to read CPU times from: benchmarks run on Linux only.");
      return CommandLine.ExitCode.SOFTWARE;
    }
    boolean clean = true;
    try (TemporaryFolder folder = TemporaryFolder.create("penstock-benchmarks-");
        Bench bench = new Bench(checkout, options(), folder.path())) {
      // Whoever presses Ctrl-C is not to find gigabytes of topics left.
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    bench.close();
                    folder.close();
                  },
                  "benchmarks-exit"));
      if (list) {
        chosen().forEach(suite -> describe(suite, bench));
        return CommandLine.ExitCode.OK;
      }
      for (Suite suite : chosen()) {
        clean &= run(suite, bench);
      }
    }
    return clean ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
  }

  private Options options() {
    if (ffnn != null && !Files.exists(ffnn.resolve("saved_model.pb"))) {
      throw new ParameterException(
          new CommandLine(this),
          "--ffnn: %s (expected: a folder with a saved_model.pb)".formatted(ffnn));
    }
    return new Options(
        quick,
        repetitions != null ? repetitions : quick ? 1 : REPETITIONS,
        records == null ? OptionalLong.empty() : OptionalLong.of(records),
        results(),
        Duration.ofMinutes(minutes != null ? minutes : quick ? 1 : HALF_CAPACITY_MINUTES),
        profile,
        Optional.ofNullable(ffnn));
  }

  private List<Suite> chosen() {
    return suites.isEmpty() ? Suites.all() : suites.stream().map(this::named).toList();
  }

  private Suite named(String name) {
    return Suites.named(name)
        .orElseThrow(
            () ->
                new ParameterException(
                    new CommandLine(this),
                    "SUITE: %s (expected: one of %s)"
                        .formatted(name, Suites.all().stream().map(Suite::name).toList())));
  }

  private void describe(Suite suite, Bench bench) {
    terminal.printf("%s: %s%n", suite.name(), suite.summary());
    variants(suite, bench).forEach(variant -> terminal.println("  " + variant.name()));
  }

  private boolean run(Suite suite, Bench bench) throws IOException {
    Path folder = Files.createDirectories(results().resolve(suite.name()));
    List<Variant> variants = variants(suite, bench);
    terminal.printf("%n%s: %s%n", suite.name(), suite.summary());
    int times = suite.repetitions(bench.options());
    Results results;
    try (Progress progress = new Progress(terminal, times * variants.size(), DRAWN)) {
      results =
          new Repetitions(progress, bench.folder(), folder).run(suite.name(), variants, times);
    }
    Environment environment = Environment.now(checkout.commit().orElse("unknown"));
    SuiteReport report = new SuiteReport(suite, variants, results, environment);
    report.write(folder);
    report.print(terminal);
    terminal.println(folder);
    boolean holds = report.holds() || !suite.mustHold();
    if (!holds) {
      terminal.printf("%s: broken, a limit is missed (expected: all hold)%n", suite.name());
    }
    return holds && results.failures().isEmpty();
  }

  private Path results() {
    return out == null ? checkout.root().resolve("benchmarks/target/results") : out;
  }

  private List<Variant> variants(Suite suite, Bench bench) {
    List<PathMatcher> matchers =
        only.stream().map(glob -> FileSystems.getDefault().getPathMatcher("glob:" + glob)).toList();
    List<Variant> variants =
        suite.variants(bench).stream()
            .filter(
                variant ->
                    matchers.isEmpty()
                        || matchers.stream().anyMatch(m -> m.matches(Path.of(variant.name()))))
            .toList();
    if (variants.isEmpty()) {
      throw new ParameterException(
          new CommandLine(this),
          "--only: %s (expected: to match a variant of %s)".formatted(only, suite.name()));
    }
    return variants;
  }
}

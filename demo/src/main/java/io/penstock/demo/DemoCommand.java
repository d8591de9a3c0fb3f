package io.penstock.demo;

import io.penstock.demo.live.PlainScreen;
import io.penstock.demo.live.Screen;
import io.penstock.demo.live.TerminalScreen;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

/**
 * The command {@code penstock demo}. Exit codes: 0 all guarantees held, 1 one did not or the demo
 * could not be played, 2 wrong use.
 */
@Command(
    name = "penstock demo",
    sortOptions = false,
    description = {
      "Streams handwritten digits through a real Kafka broker into TensorFlow and back, promotes a"
          + " better version of the model half way, and checks the result: every record exactly"
          + " once, in order.",
      "Everything runs on this machine, on free loopback ports, and is removed at the end."
    })
public final class DemoCommand implements Callable<Integer> {

  @Option(
      names = "--duration",
      paramLabel = "TIME",
      description = "How long to stream, such as 30s or 2m. Default: ${DEFAULT-VALUE}",
      defaultValue = "30s",
      converter = DurationOption.class)
  private Duration duration = Duration.ZERO;

  @Option(
      names = "--rate",
      paramLabel = "N",
      description = "Digits per second. Default: ${DEFAULT-VALUE}",
      defaultValue = "500")
  private int rate;

  @Option(
      names = "--secured",
      description = {
        "The broker speaks TLS and SCRAM only, and allows the service and the operator what"
            + " 'penstock acls' prints for them, and nothing else."
      })
  private boolean secured;

  @Option(
      names = "--keep-running",
      description = "Stay after the check, for you to produce, consume and promote by hand.")
  private boolean keepRunning;

  @Option(
      names = "--output",
      paramLabel = "FORMAT",
      description =
          "The summary on standard output: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}",
      defaultValue = "text")
  private Output output = Output.TEXT;

  @Option(names = "--plain", description = "Lines instead of a screen, as without a terminal.")
  private boolean plain;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  @SuppressWarnings("UnusedVariable") // picocli acts on the annotation
  private boolean help;

  private enum Output {
    TEXT,
    JSON
  }

  public static void main(String[] args) {
    int exitCode =
        new CommandLine(new DemoCommand())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setExecutionExceptionHandler((failure, command, parsed) -> report(failure))
            .execute(args);
    System.exit(exitCode);
  }

  @Override
  public Integer call() {
    Settings settings = new Settings(duration, rate, secured, keepRunning);
    AtomicBoolean good = new AtomicBoolean();
    try (Screen screen = screen()) {
      new Demo(Checkout.current(), settings, screen)
          .run(
              summary -> {
                good.set(summary.isGood());
                print(summary, screen);
              });
    }
    return good.get() ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  private void print(Summary summary, Screen screen) {
    if (output == Output.JSON) {
      System.out.println(summary.json());
      summary.problems().forEach(problem -> screen.event("WRONG: " + problem));
    } else {
      screen.event(summary.text().stripTrailing());
    }
  }

  private Screen screen() {
    // Standard output belongs to the JSON.
    if (output == Output.JSON) {
      return new PlainScreen(System.err);
    }
    Optional<Screen> terminal = plain ? Optional.empty() : TerminalScreen.open();
    return terminal.orElseGet(() -> new PlainScreen(System.out));
  }

  private static int report(Exception failure) {
    if (isEnding()) {
      // The user has ended the demo: what broke off is not a failure.
      return ExitCode.SOFTWARE;
    }
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      System.err.println(
          "penstock demo: " + (cause.getMessage() == null ? cause : cause.getMessage()));
    }
    return failure instanceof IllegalArgumentException ? ExitCode.USAGE : ExitCode.SOFTWARE;
  }

  /** Whether this process runs its shutdown hooks, which is when none can be added. */
  private static boolean isEnding() {
    Thread hook = new Thread(() -> {});
    try {
      Runtime.getRuntime().addShutdownHook(hook);
      Runtime.getRuntime().removeShutdownHook(hook);
      return false;
    } catch (IllegalStateException e) {
      return true;
    }
  }
}

package io.penstock.demo;

import io.penstock.demo.check.RunCheck;
import io.penstock.demo.check.Verdict;
import io.penstock.demo.digits.DigitStream;
import io.penstock.demo.live.LiveStatistics;
import io.penstock.demo.live.LiveView;
import io.penstock.demo.live.OutcomeWatcher;
import io.penstock.demo.live.Screen;
import io.penstock.demo.service.ControlTopics;
import io.penstock.demo.service.ModelFolder;
import io.penstock.demo.service.ServiceProcess;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * The course of events: version 1 serves, version 2 is copied in and promoted, the stream ends, and
 * what came out is checked. Not thread-safe; used once.
 */
final class Play {

  private static final Duration READY_LIMIT = Duration.ofMinutes(2);
  private static final Duration LOAD_LIMIT = Duration.ofSeconds(20);
  private static final Duration OVERTIME = Duration.ofSeconds(30);
  private static final Duration LAST_OUTCOMES_LIMIT = Duration.ofSeconds(30);
  private static final Duration COPY_PAUSE = Duration.ofMillis(80);

  private final Settings settings;
  private final Screen screen;
  private final ModelFolder models;
  private final ServiceProcess service;
  private final DigitStream digits;
  private final OutcomeWatcher watcher;
  private final ControlTopics control;
  private final LiveStatistics statistics;

  Play(
      Settings settings,
      Screen screen,
      ModelFolder models,
      ServiceProcess service,
      DigitStream digits,
      OutcomeWatcher watcher,
      ControlTopics control,
      LiveStatistics statistics) {
    this.settings = settings;
    this.screen = screen;
    this.models = models;
    this.service = service;
    this.digits = digits;
    this.watcher = watcher;
    this.control = control;
    this.statistics = statistics;
  }

  /** Plays until the last outcome has arrived, or for some time should have. */
  void perform() {
    watcher.start();
    if (!await(READY_LIMIT, service::isReady)) {
      throw new DemoException(
          "The service is not ready after %d s. The end of its log:%n%s"
              .formatted(READY_LIMIT.toSeconds(), service.lastLog()));
    }
    screen.event("Streaming %d digits a second.".formatted(settings.perSecond()));
    long startNanos = System.nanoTime();
    digits.start();
    try (LiveView view =
        new LiveView(screen, statistics, digits::acknowledged, service::averageBatchRows)) {
      awaitUntil(startNanos, settings.duration().dividedBy(2));
      bringInTheNewVersion();
      awaitUntil(startNanos, settings.duration());
      // A whole pass at least, so that the two accuracies are over the same digits.
      if (!await(OVERTIME, () -> statistics.predictions(Summary.PROMOTED) >= digits.passSize())) {
        screen.event(
            "Version %d has not served a whole pass through the digits %d s later."
                .formatted(Summary.PROMOTED, OVERTIME.toSeconds()));
      }
      digits.stop();
      if (!await(LAST_OUTCOMES_LIMIT, () -> statistics.out() >= digits.acknowledged())) {
        screen.event(
            "Only %d outcomes of %d inputs, %d s after the last."
                .formatted(
                    statistics.out(), digits.acknowledged(), LAST_OUTCOMES_LIMIT.toSeconds()));
      }
    }
  }

  /** Checks what came out. */
  Summary conclude(RunCheck check) {
    screen.event(
        "Checking: reading %d inputs and their outcomes again.".formatted(digits.acknowledged()));
    Verdict verdict = check.judge();
    long start = ManagementFactory.getRuntimeMXBean().getStartTime();
    OptionalLong first = statistics.firstAtMillis();
    Summary summary =
        new Summary(
            verdict,
            statistics.latencyMillis(50),
            statistics.latencyMillis(99),
            first.isPresent() ? OptionalLong.of(first.getAsLong() - start) : first);
    if (!summary.isGood()) {
      screen.event("The end of the service's log:%n%s".formatted(service.lastLog()));
    }
    return summary;
  }

  private void bringInTheNewVersion() {
    long version = Summary.PROMOTED;
    models.copy(
        version,
        file ->
            screen.event(
                "Copying version %d into the model directory: %s".formatted(version, file)),
        this::pause);
    screen.event("Version %d is there; waiting until it is loaded.".formatted(version));
    // What is said of a version before may pass: its copy has to settle first.
    boolean reported = await(LOAD_LIMIT, () -> isAvailable(version));
    control
        .error(version)
        .filter(error -> !reported)
        .ifPresent(
            error -> {
              throw new DemoException(
                  "The service does not load version %d: %s".formatted(version, error));
            });
    screen.event(
        (reported
                ? "Version %d is loaded. Promoting it: %s"
                : "Version %d is not reported yet. Promoting it: %s")
            .formatted(version, ControlTopics.promotion(version)));
    control.promote(version);
  }

  private boolean isAvailable(long version) {
    return control.state(version).filter("AVAILABLE"::equals).isPresent();
  }

  private void pause() {
    checkThatAllGoesWell();
    LockSupport.parkNanos(COPY_PAUSE.toNanos());
  }

  private void awaitUntil(long startNanos, Duration elapsed) {
    Duration left = elapsed.minusNanos(System.nanoTime() - startNanos);
    await(left, () -> false);
  }

  /**
   * Waits, while all goes well, and shows what the control topics tell.
   *
   * @return whether the condition came true in time
   */
  private boolean await(Duration limit, BooleanSupplier condition) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      checkThatAllGoesWell();
      if (System.nanoTime() - deadline >= 0) {
        return false;
      }
      // Blocks for a moment: this loop's pause.
      control.news().forEach(news -> screen.event("Control plane: " + news));
    }
    return true;
  }

  private void checkThatAllGoesWell() {
    if (!service.isAlive()) {
      throw new DemoException(service.obituary());
    }
    digits
        .failure()
        .ifPresent(
            failure -> {
              throw new DemoException(
                  "A digit could not be sent: " + failure.getMessage(), failure);
            });
    watcher
        .failure()
        .ifPresent(
            failure -> {
              throw new DemoException(
                  "The outcomes cannot be read: %s%nThe end of the service's log:%n%s"
                      .formatted(failure.getMessage(), service.lastLog()),
                  failure);
            });
  }
}

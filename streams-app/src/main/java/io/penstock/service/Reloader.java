package io.penstock.service;

import io.penstock.codec.MappingException;
import io.penstock.config.PenstockConfig;
import io.penstock.config.change.ConfigDifference;
import io.penstock.config.change.FixedKeys;
import io.penstock.config.load.ConfigurationException;
import io.penstock.config.load.EffectiveConfig;
import io.penstock.http.ReloadReport;
import io.penstock.model.ModelException;
import io.penstock.registry.RegistryException;
import io.penstock.streams.Pipeline;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds the configuration of a service, and has another take its place: one at a time, on a thread
 * of its own. Thread-safe.
 */
final class Reloader implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Reloader.class);

  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  private final ConfigSource source;
  private final Roster roster;
  private final InstantSource clock;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread created = new Thread(task, "penstock-reload");
            created.setDaemon(true);
            return created;
          });
  private volatile State state;

  /**
   * What holds.
   *
   * @param last what the last reload came to; empty before the first
   * @param unfinished what it has failed to carry out: all of this begins anew by the next one
   */
  record State(EffectiveConfig config, Instant since, String last, ConfigDifference unfinished) {}

  Reloader(EffectiveConfig config, ConfigSource source, Roster roster, InstantSource clock) {
    this.source = source;
    this.roster = roster;
    this.clock = clock;
    this.state = new State(config, clock.instant(), "", ConfigDifference.none(config.config()));
  }

  /** What holds now. */
  State state() {
    return state;
  }

  /** The configuration that holds now. */
  PenstockConfig config() {
    return state.config().config();
  }

  /**
   * Reads the configuration again, some time later, and changes what is other in it, or was not
   * carried out before.
   *
   * @return completes with what it came to, never exceptionally
   */
  CompletableFuture<ReloadReport> reload(Changeover changeover) {
    try {
      return CompletableFuture.supplyAsync(() -> tell(carryOut(changeover)), thread);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.completedFuture(refused(List.of("the service is stopping")));
    }
  }

  /** Of a service that is still starting, and reads its configuration anyway. */
  ReloadReport tooEarly() {
    return refused(List.of("the service is starting"));
  }

  /** Nobody else would hear of a defect, such as a class of a model's source that is not there. */
  private ReloadReport carryOut(Changeover changeover) {
    try {
      return attempt(changeover);
    } catch (RuntimeException | Error e) {
      log.error("a reload has ended by a defect", e);
      return report(
          ReloadReport.Outcome.FAILED, List.of(e.toString()), ConfigDifference.none(config()));
    }
  }

  private ReloadReport attempt(Changeover changeover) {
    EffectiveConfig next;
    ConfigDifference difference;
    Changeover.Made made;
    try {
      next = source.read();
      requireSameProcess(next);
      difference = difference(next.config());
      source.check(
          next, difference.models().coming(), changeover.untried(next.config(), difference));
      made = changeover.make(next.config(), difference);
    } catch (ConfigurationException e) {
      return refused(e.problems());
    } catch (ModelException | RegistryException | MappingException e) {
      return refused(List.of(String.valueOf(e.getMessage())));
    } catch (RuntimeException e) {
      log.error("what a reload brings could not be made", e);
      return refused(List.of(e.getMessage() == null ? e.toString() : e.getMessage()));
    }
    if (difference.isEmpty() && state.unfinished().isEmpty()) {
      state = new State(next, state.since(), "", difference);
      return report(ReloadReport.Outcome.DONE, List.of(), difference);
    }
    List<String> problems = new ArrayList<>(changeover.retire(difference));
    state = new State(next, clock.instant(), "", difference);
    problems.addAll(introduce(changeover, made, difference));
    if (!problems.isEmpty()) {
      return report(ReloadReport.Outcome.FAILED, problems, difference);
    }
    state = new State(next, state.since(), "", ConfigDifference.none(next.config()));
    return report(ReloadReport.Outcome.DONE, List.of(), difference);
  }

  private List<String> introduce(
      Changeover changeover, Changeover.Made made, ConfigDifference difference) {
    try {
      changeover.introduce(config(), made, difference);
      return List.of();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of("the service is stopping");
    } catch (TimeoutException e) {
      return List.of(String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      log.error("a reload was cut off", e);
      return List.of(e.toString());
    } finally {
      changeover.discard(made);
    }
  }

  private ConfigDifference difference(PenstockConfig next) {
    Set<String> pipelines = new TreeSet<>(halted());
    pipelines.addAll(state.unfinished().pipelines().coming());
    return ConfigDifference.between(
        config(), next, state.unfinished().models().coming(), pipelines);
  }

  private void requireSameProcess(EffectiveConfig next) {
    SortedSet<String> fixed = FixedKeys.unlike(state.config(), next);
    if (!fixed.isEmpty()) {
      throw new ConfigurationException(
          "%s cannot change while the service runs: only models and pipelines can; restart it, or put back what was there"
              .formatted(String.join(", ", fixed)));
    }
  }

  /** They begin anew: their reason may be gone, and nothing of them is disturbed. */
  private Set<String> halted() {
    return roster.pipelines().stream()
        .map(ServedPipeline::pipeline)
        .filter(pipeline -> pipeline.state() == Pipeline.State.HALTED)
        .map(Pipeline::name)
        .collect(Collectors.toSet());
  }

  private ReloadReport tell(ReloadReport report) {
    state = new State(state.config(), state.since(), report.toString(), state.unfinished());
    switch (report.outcome()) {
      case DONE -> log.info("{}", report);
      case REFUSED -> log.warn("{}", report);
      case FAILED -> log.error("{}", report);
    }
    return report;
  }

  private ReloadReport refused(List<String> problems) {
    return report(ReloadReport.Outcome.REFUSED, problems, ConfigDifference.none(config()));
  }

  private ReloadReport report(
      ReloadReport.Outcome outcome, List<String> problems, ConfigDifference difference) {
    return new ReloadReport(outcome, problems, state.config().fingerprint(), difference);
  }

  /** Begins no other; by one that is under way what leaves stops, and nothing comes. Idempotent. */
  @Override
  public void close() {
    thread.shutdownNow();
    try {
      if (!thread.awaitTermination(CLOSE_TIMEOUT.toNanos(), TimeUnit.NANOSECONDS)) {
        log.warn("a reload has not ended timeout={}", CLOSE_TIMEOUT);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

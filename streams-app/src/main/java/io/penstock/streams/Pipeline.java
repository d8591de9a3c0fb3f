package io.penstock.streams;

import io.penstock.batching.BatchLimits;
import io.penstock.batching.ByteBudget;
import io.penstock.batching.Inference;
import io.penstock.batching.VersionBinding;
import io.penstock.batching.VersionQuarantinedException;
import io.penstock.pipeline.Cutover;
import io.penstock.pipeline.DeadLetters;
import io.penstock.pipeline.PipelineStatistics;
import io.penstock.pipeline.ThreadLanes;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.streams.KafkaClientSupplier;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One pipeline at work: records of its input topic become outcomes, computed by the version that
 * was cut over to last.
 *
 * <pre>
 *   WAITING ──start()──▶ STARTING ──▶ RUNNING ──close()──▶ STOPPED
 *                          │   ▲         │
 *                          │   └─start()─│──┐
 *                          ├─────────────┴── its version fails ──▶ MODEL_FAILED
 *                          └─────────────┴── cannot go on ──▶ HALTED
 * </pre>
 *
 * <p>A version that has failed is refused from then on: the pipeline runs again once another one
 * serves, and the failed one not before the process has started anew.
 *
 * <p>Thread-safe.
 */
public final class Pipeline implements AutoCloseable {

  /** Where a pipeline is in its life. */
  public enum State {
    /** No version is active yet. */
    WAITING,
    /** Joining its group. */
    STARTING,
    /** Processing, or between two assignments. */
    RUNNING,
    /** Stopped, because the version that serves cannot be run. Another version starts it again. */
    MODEL_FAILED,
    /** Stopped for good: needs somebody to act, and the process to start anew. */
    HALTED,
    /** Closed. */
    STOPPED
  }

  private static final Logger log = LoggerFactory.getLogger(Pipeline.class);

  private static final Duration START_RETRY = Duration.ofSeconds(1);

  /** How long the threads before may take to end until it is said that they are waited for. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Definition definition;
  private final PipelineRuns runs;
  private final PipelineStatistics statistics = new PipelineStatistics();
  private final ServingVersions versions = new ServingVersions();
  private final FailurePolicy failures = new FailurePolicy();
  private final Map<Long, String> refused = new ConcurrentHashMap<>();
  private @Nullable KafkaStreams streams;
  private State state = State.WAITING;
  private @Nullable String stopReason;

  /**
   * What a pipeline is made of.
   *
   * @param limits those of each stream thread
   * @param budget what all stream threads of the process may have in flight
   */
  public record Definition(
      String name,
      String inputTopic,
      String outputTopic,
      String deadLetterTopic,
      String auditTopic,
      BatchLimits limits,
      ByteBudget budget,
      DeadLetters deadLetters,
      Cutover.Encoder cutovers) {}

  /**
   * A pipeline at rest.
   *
   * @param clients the Kafka clients for one run; its stream threads' lanes are made for it
   */
  public Pipeline(
      Definition definition,
      StreamsSettings streamsSettings,
      Inference inference,
      Function<ThreadLanes, KafkaClientSupplier> clients) {
    this.definition = definition;
    this.runs = new PipelineRuns(definition, streamsSettings, inference, clients);
  }

  public String name() {
    return definition.name();
  }

  /** Makes a version ready to be cut over to. One that is refused stays so. */
  public void ready(VersionBinding binding) {
    refusal(binding.id().version())
        .ifPresent(why -> binding.quarantine(new VersionQuarantinedException(why)));
    versions.ready(binding);
  }

  /** Why that version is not run here any more; empty while it may be. */
  public Optional<String> refusal(long version) {
    return Optional.ofNullable(refused.get(version));
  }

  /** The versions that are not run here any more, with the reason for each. */
  public Map<Long, String> refused() {
    return Map.copyOf(refused);
  }

  /** A version made ready will not be cut over to. */
  public void forget(long version) {
    versions.forget(version);
  }

  /** From the next record on, that version computes. Does not block. */
  public void cutOver(long version, long epoch) {
    versions.cutOver(version, epoch);
    log.info("cutover pipeline={} version={} epoch={}", name(), versions.current(), epoch);
  }

  /** The version that computes the next record; empty while waiting for the first one. */
  public Optional<VersionBinding> serving() {
    return versions.serving();
  }

  /** What it has done since it started. */
  public PipelineStatistics statistics() {
    return statistics;
  }

  /** Where it is in its life. */
  public synchronized State state() {
    KafkaStreams running = streams;
    if (state == State.STARTING
        && running != null
        && running.state() == KafkaStreams.State.RUNNING) {
      state = State.RUNNING;
    }
    return state;
  }

  /** Why it stopped by itself; empty unless {@link State#HALTED} or {@link State#MODEL_FAILED}. */
  public synchronized Optional<String> stopReason() {
    return Optional.ofNullable(stopReason);
  }

  /**
   * Starts to process, once a version serves, and again from the last commit once another one
   * serves than that which has failed; otherwise without effect. First it waits for the threads
   * that the failed one has stopped, so that no record has two owners, and looks at the cluster:
   * for as long as runs and clients may take.
   */
  public void start() throws InterruptedException {
    KafkaStreams before;
    synchronized (this) {
      if (!mayStart()) {
        return;
      }
      before = streams;
      streams = null;
      stopReason = null;
      state = State.STARTING;
    }
    if (before != null) {
      log.info("pipeline starts again pipeline={} version={}", name(), versions.current());
      awaitEnd(before);
    }
    while (state() == State.STARTING) {
      try {
        startStreams();
        return;
      } catch (ExecutionException | RuntimeException e) {
        Throwable cause =
            e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
        if (!(cause instanceof RetriableException)) {
          halt("cannot start: " + FailurePolicy.describe(cause));
          return;
        }
        log.warn(
            "pipeline cannot start yet pipeline={} reason={}",
            name(),
            FailurePolicy.describe(cause));
        Thread.sleep(START_RETRY.toMillis());
      }
    }
  }

  private void awaitEnd(KafkaStreams before) {
    while (!before.close(runs.closeOptions(PATIENCE)) && state() == State.STARTING) {
      log.warn(
          "pipeline cannot start again before its former stream threads have ended pipeline={}",
          name());
    }
  }

  private synchronized boolean mayStart() {
    return (state == State.WAITING || state == State.MODEL_FAILED)
        && versions.serving().filter(serving -> !isRefused(serving)).isPresent();
  }

  private boolean isRefused(VersionBinding binding) {
    return refused.containsKey(binding.id().version());
  }

  private void startStreams() throws ExecutionException, InterruptedException {
    PipelineRuns.Run run = runs.create(versions, statistics);
    KafkaStreams started = run.streams();
    started.setUncaughtExceptionHandler(failure -> threadDied(failure, run.lanes()));
    started.setStateListener(
        (now, before) -> log.info("pipeline={} state={} was={}", name(), now, before));
    synchronized (this) {
      if (state == State.STARTING) {
        streams = started;
        started.start();
        return;
      }
    }
    started.close();
  }

  /** Runs on the dying stream thread, before Streams closes its tasks. */
  private StreamThreadExceptionResponse threadDied(Throwable failure, ThreadLanes lanes) {
    lanes.current().drop(new StreamsException("the stream thread has failed", failure));
    if (lanes.areStopped()) {
      return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }
    FailurePolicy.Verdict verdict;
    synchronized (failures) {
      verdict = failures.judge(failure, TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
    }
    if (verdict instanceof FailurePolicy.Verdict.Replace replace) {
      return replaceThread(replace.backOff(), failure, lanes);
    }
    if (verdict instanceof FailurePolicy.Verdict.Refuse refuse && !stopWith(refuse, lanes)) {
      return replaceThread(FailurePolicy.FIRST_BACK_OFF, failure, lanes);
    }
    if (verdict instanceof FailurePolicy.Verdict.Halt halt) {
      lanes.stop();
      halt(halt.reason());
    }
    return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
  }

  /** Unless another thread stops the pipeline meanwhile. */
  private StreamThreadExceptionResponse replaceThread(
      Duration backOff, Throwable failure, ThreadLanes lanes) {
    log.warn(
        "stream thread replaced pipeline={} backOff={} reason={}",
        name(),
        backOff,
        FailurePolicy.describe(failure));
    waitOut(backOff);
    return lanes.areStopped()
        ? StreamThreadExceptionResponse.SHUTDOWN_CLIENT
        : StreamThreadExceptionResponse.REPLACE_THREAD;
  }

  /**
   * Runs a version no more, and stops the pipeline if it is the one that serves. Synchronized with
   * {@link #start}, which comes after every cutover: either this sees the new version, or that sees
   * that the pipeline has stopped.
   *
   * @return whether the pipeline has stopped with these threads
   */
  private synchronized boolean stopWith(FailurePolicy.Verdict.Refuse refuse, ThreadLanes lanes) {
    refused.putIfAbsent(refuse.version().version(), refuse.reason());
    if (lanes.areStopped()) {
      return true;
    }
    Optional<VersionBinding> serving = versions.serving().filter(this::isRefused);
    if (serving.isEmpty()) {
      return false;
    }
    lanes.stop();
    // What the other threads wait for fails at once, so that they end soon.
    serving.get().quarantine(new VersionQuarantinedException(refuse.reason()));
    if (state == State.STARTING || state == State.RUNNING) {
      state = State.MODEL_FAILED;
      stopReason = refuse.reason();
      log.error(
          "pipeline stopped by its version, another one starts it again pipeline={} version={}"
              + " reason={}",
          name(),
          refuse.version(),
          refuse.reason());
    }
    return true;
  }

  /** Batches that finish unpark the thread that owned them: only the clock ends the wait. */
  private static void waitOut(Duration backOff) {
    long end = System.nanoTime() + backOff.toNanos();
    for (long left = backOff.toNanos(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  private synchronized void halt(String reason) {
    if (state != State.STOPPED) {
      state = State.HALTED;
      stopReason = reason;
      log.error("pipeline halted pipeline={} reason={}", name(), reason);
    }
  }

  /**
   * Drains, commits and leaves the group, so that its partitions are taken over at once; a static
   * member stays, since it is expected back. Bounded by that time.
   */
  public void close(Duration timeout) {
    KafkaStreams running;
    synchronized (this) {
      running = streams;
      if (state != State.HALTED) {
        state = State.STOPPED;
      }
    }
    if (running != null && !running.close(runs.closeOptions(timeout))) {
      log.warn("pipeline did not stop in time pipeline={} timeout={}", name(), timeout);
    }
  }

  @Override
  public void close() {
    close(Duration.ofSeconds(30));
  }
}

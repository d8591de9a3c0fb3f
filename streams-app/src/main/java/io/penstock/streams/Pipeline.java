package io.penstock.streams;

import io.penstock.batching.BatchLimits;
import io.penstock.batching.Deadlines;
import io.penstock.batching.InFlightBudget;
import io.penstock.batching.Inference;
import io.penstock.batching.VersionBinding;
import io.penstock.batching.VersionQuarantinedException;
import io.penstock.config.kafka.BootstrapServers;
import io.penstock.pipeline.Cutover;
import io.penstock.pipeline.DeadLetters;
import io.penstock.pipeline.Horizon;
import io.penstock.pipeline.PipelineSettings;
import io.penstock.pipeline.PipelineStatistics;
import io.penstock.pipeline.ThreadLanes;
import io.penstock.pipeline.Tombstones;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.streams.CloseOptions;
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
 *                          │   ▲         │ └─ pause() ─▶ PAUSED ─ resume() ─▶ RUNNING
 *                          │   └─start()─│──┐
 *                          ├─────────────┼── its version fails ──▶ MODEL_FAILED
 *                          ├─────────────┼── withdraw() ──▶ WITHDRAWN
 *                          └─────────────┴── cannot go on ──▶ HALTED
 * </pre>
 *
 * <p>One that is paused keeps its partitions, and commits what it has computed. One that has
 * withdrawn has left its group, so that other instances take the partitions; the cutover to another
 * version and {@link #start} bring it back.
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
    /** Processes nothing until it is resumed, keeps its partitions. */
    PAUSED,
    /** Has left its group, since the version that the fleet serves is not ready here. */
    WITHDRAWN,
    /** Stopped, because the version that serves cannot be run. Another version starts it again. */
    MODEL_FAILED,
    /** Stopped for good: needs somebody to act, and the process to start anew. */
    HALTED,
    /** Closed. */
    STOPPED
  }

  /** Why a pipeline is paused. Each cause is lifted for itself. */
  public enum Pause {
    /** The fleet serves another version, which is not ready here yet. */
    BEHIND,
    /** What the fleet has decided lately is not known. */
    STALE,
    /** Which version serves the records that come next is being decided. */
    HELD_BACK,
    /** Somebody has asked for it. */
    COMMAND,
    /** It is about to be closed. */
    STOPPING
  }

  private static final Logger log = LoggerFactory.getLogger(Pipeline.class);

  private static final Duration START_RETRY = Duration.ofSeconds(1);

  /** How long the threads before may take to end until it is said that they are waited for. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Definition definition;
  private final PipelineRuns runs;
  private final PipelineStatistics statistics = new PipelineStatistics();
  private final ServingVersions versions;
  private final FailurePolicy failures = new FailurePolicy();
  private final Horizon horizon;
  private final Map<Long, String> refused = new ConcurrentHashMap<>();
  private volatile Consumer<KafkaStreams> onRun = run -> {};
  private @Nullable KafkaStreams streams;

  /** That of the version which has failed, until its threads have ended. */
  private @Nullable KafkaStreams former;

  /** The last one that has joined its group. */
  private volatile @Nullable KafkaStreams joined;

  /** Never RUNNING or PAUSED: those follow from the rest. */
  private State state = State.WAITING;

  private @Nullable String stopReason;
  private final Map<Pause, String> pauses = new EnumMap<>(Pause.class);

  /** Counts starts: one that was overtaken by a later one must come to nothing. */
  private long attempts;

  /** What served when the pipeline withdrew. */
  private @Nullable VersionBinding withdrawnFrom;

  /**
   * What a pipeline is made of.
   *
   * @param tombstones what becomes of records without a value
   * @param refusesStragglers whether records become dead letters whose version serves no more
   * @param limits those of each stream thread
   * @param budget what all stream threads of the process may have in flight
   */
  public record Definition(
      String name,
      String inputTopic,
      String outputTopic,
      String deadLetterTopic,
      String auditTopic,
      String controlTopic,
      Tombstones tombstones,
      boolean refusesStragglers,
      BatchLimits limits,
      InFlightBudget budget,
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
    this.versions = new ServingVersions(definition.refusesStragglers());
    this.runs = new PipelineRuns(definition, streamsSettings, inference, clients);
    this.horizon = new Horizon(this::pauseIfHeldBack);
  }

  public String name() {
    return definition.name();
  }

  /** Tells that one of each Kafka Streams of the pipeline before it starts. */
  public void onRun(Consumer<KafkaStreams> listener) {
    onRun = listener;
  }

  /**
   * How long it can wait for its batches.
   *
   * @param runTimeout {@code inference.run-timeout}
   */
  public Deadlines deadlines(Duration runTimeout) {
    return runs.waitLimits().deadlines(runTimeout);
  }

  /** What it is made of. */
  public Definition definition() {
    return definition;
  }

  /**
   * What computes its records beside it, with outcomes that go elsewhere. Asks the cluster.
   *
   * @throws ExecutionException if a topic is not there, or cannot be looked at
   */
  public PipelineSettings settings(String outputTopic, String deadLetterTopic)
      throws ExecutionException, InterruptedException {
    return runs.settings(outputTopic, deadLetterTopic);
  }

  /** The topic that it reads. */
  public String inputTopic() {
    return definition.inputTopic();
  }

  /** Makes a version ready to be cut over to. One that is refused stays so. */
  public void ready(VersionBinding binding) {
    refusal(binding.id().version())
        .ifPresent(why -> binding.quarantine(new VersionQuarantinedException(why)));
    versions.ready(binding);
  }

  /** Whether that version can be cut over to. */
  public boolean isReady(long version) {
    return versions.isReady(version);
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

  /** From the next record on, these versions compute. Does not block. */
  public void cutOver(ActiveVersions active) {
    versions.cutOver(active);
    EarlierVersion earlier = active.earlier();
    log.info(
        "cutover pipeline={} version={} epoch={} earlier={}",
        name(),
        versions.current(),
        active.epoch(),
        earlier == null ? "none" : earlier);
  }

  /**
   * Processes no record of that timestamp or a later one until {@link #release}, and pauses once it
   * has read one. Does not block.
   *
   * @return whether none was read yet; else it may have been processed
   */
  public boolean holdBack(long fromMillis) {
    horizon.holdBack(fromMillis);
    return !horizon.isReached();
  }

  /** Takes every record again. Does not block. */
  public void release() {
    horizon.release();
    resume(Pause.HELD_BACK);
  }

  /** On a stream thread that has read such a record, and processes nothing once this returns. */
  private synchronized void pauseIfHeldBack() {
    if (horizon.isReached()) {
      pause(
          Pause.HELD_BACK,
          "the next records wait until it is decided which version serves them (effectiveFrom)");
    }
  }

  /**
   * What the fleet has decided counts as known until then: no record is taken by it afterwards,
   * whether or not the pipeline is paused in time. Does not block.
   *
   * @param untilNanos by {@link System#nanoTime}
   */
  public void known(long untilNanos) {
    versions.known(untilNanos);
  }

  /** The version that computes the next record; empty while waiting for the first one. */
  public Optional<VersionBinding> serving() {
    return versions.latest();
  }

  /** The partitions that it processes here now; none while it does not run. */
  public List<AssignedPartition> partitions() {
    KafkaStreams running;
    synchronized (this) {
      running = streams;
    }
    return running == null ? List.of() : AssignedPartition.of(running);
  }

  /** What it has done since it started. */
  public PipelineStatistics statistics() {
    return statistics;
  }

  /** Where it is in its life. */
  public synchronized State state() {
    if (isPaused()) {
      return State.PAUSED;
    }
    return isAtWork() && streams != null && streams == joined ? State.RUNNING : state;
  }

  private boolean isPaused() {
    return !pauses.isEmpty() && isAtWork();
  }

  /** Starting, or running: only who looks at the state tells these apart. */
  private boolean isAtWork() {
    return state == State.STARTING;
  }

  /** Why it is paused, or will be once it is at work. */
  public synchronized Map<Pause, String> pauses() {
    return Map.copyOf(pauses);
  }

  /**
   * Why it does not process, if it has stopped by itself, is or will be paused, or has withdrawn.
   */
  public synchronized Optional<String> stopReason() {
    return isPaused() || (state == State.WAITING && !pauses.isEmpty())
        ? Optional.of(String.join("; ", pauses.values()))
        : Optional.ofNullable(stopReason);
  }

  /**
   * Processes no more records, from the next one on, until every cause is lifted. What has been
   * taken is computed and committed; partitions are kept, and come and go as they would. Does not
   * block.
   */
  public synchronized void pause(Pause cause, String reason) {
    if (pauses.put(cause, reason) == null) {
      log.warn("pipeline paused pipeline={} cause={} reason={}", name(), cause, reason);
    }
    if (cause == Pause.BEHIND) {
      versions.leave();
    }
    if (streams != null) {
      streams.pause();
    }
  }

  /** Lifts one cause of being paused; without effect if it is none. Does not block. */
  public synchronized void resume(Pause cause) {
    if (pauses.remove(cause) != null) {
      log.info("pipeline no longer paused pipeline={} cause={}", name(), cause);
      if (pauses.isEmpty() && streams != null && state != State.WITHDRAWN) {
        streams.resume();
      }
    }
  }

  /**
   * Is at rest until another version serves, so that other instances take the partitions: takes no
   * more records from now on. Does not block; without effect if it is not at work.
   *
   * @return leaves the group: drains and commits, for as long as that may take
   */
  public synchronized Runnable withdraw(String reason) {
    boolean working = isAtWork();
    if (working || state == State.WITHDRAWN) {
      stopReason = reason;
    }
    if (!working) {
      return () -> {};
    }
    log.error("pipeline withdraws pipeline={} reason={}", name(), reason);
    versions.leave();
    state = State.WITHDRAWN;
    withdrawnFrom = versions.latest().orElse(null);
    KafkaStreams running = streams;
    if (running == null) {
      return () -> {};
    }
    running.pause();
    return () -> leaveGroup(running);
  }

  private void leaveGroup(KafkaStreams running) {
    if (!running.close(PipelineRuns.leaveOptions(PATIENCE))) {
      log.warn("pipeline has not left its group yet pipeline={} waited={}", name(), PATIENCE);
    }
  }

  /**
   * Starts to process, once a version serves, and again from the last commit once another one
   * serves than that which has failed; otherwise without effect. First it waits for the threads
   * that the failed one has stopped, so that no record has two owners, and looks at the cluster:
   * for as long as runs and clients may take.
   */
  public void start() throws InterruptedException {
    KafkaStreams before;
    long attempt;
    synchronized (this) {
      if (!mayStart()) {
        return;
      }
      attempt = ++attempts;
      before = streams;
      former = before;
      streams = null;
      stopReason = null;
      state = State.STARTING;
    }
    if (before != null) {
      log.info("pipeline starts again pipeline={} version={}", name(), versions.current());
      awaitEnd(before, attempt);
    }
    while (isStarting(attempt)) {
      try {
        startStreams(attempt);
        return;
      } catch (ExecutionException | RuntimeException e) {
        Throwable cause =
            e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
        if (!(cause instanceof RetriableException) && !BootstrapServers.areUnresolved(cause)) {
          haltUnlessOvertaken(attempt, "cannot start: " + FailurePolicy.describe(cause));
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

  private void awaitEnd(KafkaStreams before, long attempt) {
    while (!before.close(runs.closeOptions(PATIENCE)) && isStarting(attempt)) {
      log.warn(
          "pipeline cannot start again before its former stream threads have ended pipeline={}",
          name());
    }
  }

  private synchronized boolean isStarting(long attempt) {
    return state == State.STARTING && attempts == attempt;
  }

  private synchronized boolean mayStart() {
    boolean atRest =
        state == State.WAITING
            || state == State.MODEL_FAILED
            || (state == State.WITHDRAWN
                && versions.latest().filter(serving -> serving != withdrawnFrom).isPresent());
    return atRest
        && versions.latest().isPresent()
        && versions.bindings().noneMatch(this::isRefused);
  }

  private boolean isRefused(VersionBinding binding) {
    return refused.containsKey(binding.id().version());
  }

  private void startStreams(long attempt) throws ExecutionException, InterruptedException {
    PipelineRuns.Run run = runs.create(versions, statistics, horizon);
    KafkaStreams started = run.streams();
    ThreadSuccession succession =
        new ThreadSuccession(name(), started, run.lanes(), runs.streamThreads());
    started.setUncaughtExceptionHandler(failure -> threadDied(failure, run.lanes(), succession));
    InputWatch watch = runs.watch(run, reason -> inputReplaced(run, reason));
    started.setStateListener((now, before) -> stateChanged(run, watch, now, before));
    boolean atWork = false;
    try {
      onRun.accept(started);
      watch.start(name());
      atWork = putToWork(started, attempt);
    } finally {
      if (!atWork) {
        watch.close();
        started.close();
      }
    }
  }

  /** Unless it was overtaken by a later attempt. */
  private synchronized boolean putToWork(KafkaStreams started, long attempt) {
    if (!isStarting(attempt)) {
      return false;
    }
    streams = started;
    former = null;
    if (!pauses.isEmpty()) {
      started.pause();
    }
    started.start();
    return true;
  }

  /** On one of the run's threads, or on one that closes it; takes no lock. */
  private void stateChanged(
      PipelineRuns.Run run, InputWatch watch, KafkaStreams.State now, KafkaStreams.State before) {
    log.info("pipeline={} state={} was={}", name(), now, before);
    if (!now.isRunningOrRebalancing()) {
      watch.close();
    }
    if (now == KafkaStreams.State.RUNNING) {
      joined = run.streams();
    }
  }

  /** What was taken is computed and committed, since the former topic gives it no second time. */
  private void inputReplaced(PipelineRuns.Run run, String reason) {
    synchronized (this) {
      if (streams != run.streams() || run.lanes().areStopped()) {
        return;
      }
      run.lanes().stop();
      halt(reason);
    }
    leaveGroup(run.streams());
  }

  /** Runs on the dying stream thread, before Streams closes its tasks. */
  private StreamThreadExceptionResponse threadDied(
      Throwable failure, ThreadLanes lanes, ThreadSuccession succession) {
    StreamThreadExceptionResponse response = responseTo(failure, lanes);
    if (response == StreamThreadExceptionResponse.REPLACE_THREAD) {
      succession.watch(Thread.currentThread());
    }
    return response;
  }

  private StreamThreadExceptionResponse responseTo(Throwable failure, ThreadLanes lanes) {
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
    Optional<VersionBinding> serving = versions.bindings().filter(this::isRefused).findFirst();
    if (serving.isEmpty()) {
      return false;
    }
    lanes.stop();
    // What the other threads wait for fails at once, so that they end soon.
    serving.get().quarantine(new VersionQuarantinedException(refuse.reason()));
    if (isAtWork()) {
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

  private synchronized void haltUnlessOvertaken(long attempt, String reason) {
    if (isStarting(attempt)) {
      halt(reason);
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
    if (!hasStopped(runs.closeOptions(timeout))) {
      log.warn("pipeline did not stop in time pipeline={} timeout={}", name(), timeout);
    }
  }

  /**
   * Drains, commits and leaves the group for good, also as a static member: there is no such
   * pipeline here any more. To be asked again where it takes longer.
   *
   * @throws TimeoutException if it takes longer than that; no other may begin in its place yet
   */
  public void leave(Duration timeout) throws TimeoutException {
    if (!hasStopped(PipelineRuns.leaveOptions(timeout))) {
      throw new TimeoutException(
          "it has not drained and left its group within %s (a run takes at most inference.run-timeout)"
              .formatted(timeout));
    }
  }

  private boolean hasStopped(CloseOptions options) {
    KafkaStreams running;
    synchronized (this) {
      running = streams == null ? former : streams;
      if (state != State.HALTED) {
        state = State.STOPPED;
      }
    }
    return running == null || running.close(options);
  }

  @Override
  public void close() {
    close(Duration.ofSeconds(30));
  }
}

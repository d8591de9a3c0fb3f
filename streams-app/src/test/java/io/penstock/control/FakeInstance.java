package io.penstock.control;

import io.penstock.schemas.PipelineStatus;
import io.penstock.schemas.VersionState;
import io.penstock.schemas.VersionStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An instance that serves one model, {@code digits}, and does as it is told: each version is
 * prepared at once, fails, or stays on its way. Thread-safe.
 */
public final class FakeInstance implements Instance {

  public static final String MODEL = "digits";

  private static final List<PipelineStatus> PIPELINES =
      List.of(new PipelineStatus("scores", "in", "RUNNING", ""));

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final boolean automatic;
  private final TreeMap<Long, String> aspired = new TreeMap<>();
  private final Map<Long, CompletableFuture<Void>> outcomes = new TreeMap<>();
  private final TreeMap<Long, String> broken = new TreeMap<>();
  private final Map<Long, VersionStatus> statuses = new TreeMap<>();
  private final Set<String> defects = new TreeSet<>();
  private final List<String> calls = new ArrayList<>();
  private boolean served = true;

  public FakeInstance(boolean automatic, long... aspired) {
    this.automatic = automatic;
    for (long version : aspired) {
      this.aspired.put(version, "as copied");
    }
  }

  /** Preparing this version fails from now on. */
  public synchronized FakeInstance failing(long version, String message) {
    outcomes.put(version, CompletableFuture.failedFuture(new IllegalStateException(message)));
    return this;
  }

  /** Preparing this version does not end until {@link #finish}. */
  public synchronized FakeInstance hanging(long version) {
    outcomes.put(version, new CompletableFuture<>());
    return this;
  }

  /** The version that hangs is prepared now. */
  public void finish(long version) {
    CompletableFuture<Void> outcome;
    synchronized (this) {
      outcome = outcomes.getOrDefault(version, new CompletableFuture<>());
    }
    outcome.complete(null);
  }

  /** Preparing this version succeeds again. */
  public synchronized void mended(long version) {
    outcomes.remove(version);
  }

  public synchronized void aspire(long version) {
    aspired.put(version, "as copied");
  }

  /** Whether it has the model, from now on. */
  public synchronized void serve(boolean serves) {
    served = serves;
  }

  /** The version's files are others from now on. */
  public synchronized void change(long version) {
    aspired.put(version, "changed");
  }

  /** The version is in that state from now on, and not available as others are. */
  public synchronized void move(long version, VersionState state, @Nullable String error) {
    statuses.put(version, new VersionStatus(version, state, error));
  }

  /** The version is loaded after all. */
  public synchronized void load(long version) {
    statuses.remove(version);
  }

  /** Runs of this version fail from now on. */
  public synchronized void breakDown(long version, String why) {
    broken.put(version, why);
  }

  /** The next call of that name throws. */
  public synchronized void breakOnce(String call) {
    defects.add(call);
  }

  /** What was called, in order, like {@code activate 2@7}. */
  public synchronized List<String> calls() {
    return List.copyOf(calls);
  }

  /** Waits for that call; returns all calls so far. */
  public synchronized List<String> awaitCall(String call) throws InterruptedException {
    long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
    while (!calls.contains(call)) {
      long leftMillis = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
      if (leftMillis <= 0) {
        throw new AssertionError("not called: " + call + " in " + calls);
      }
      wait(leftMillis);
    }
    return calls();
  }

  private synchronized void record(String call) {
    calls.add(call);
    notifyAll();
  }

  @Override
  public synchronized CompletionStage<Void> prepare(
      String model, long version, Map<String, String> manifest) {
    record("prepare " + version + (manifest.isEmpty() ? "" : " as " + manifest));
    return outcome(version);
  }

  @Override
  public synchronized CompletionStage<Void> resume(
      String model, long version, Map<String, String> manifest) {
    record("resume " + version + (manifest.isEmpty() ? "" : " as " + manifest));
    return outcome(version);
  }

  private CompletionStage<Void> outcome(long version) {
    return outcomes.getOrDefault(version, CompletableFuture.completedFuture(null));
  }

  @Override
  public synchronized void holdBack(String model, @Nullable Instant from) {
    record("hold back " + (from == null ? "nothing" : "from " + from));
  }

  @Override
  public synchronized void activate(String model, Activation activation) {
    failOnce("activate");
    Activation.Earlier earlier = activation.earlier();
    record(
        "activate %d@%d%s"
            .formatted(
                activation.version(),
                activation.epoch(),
                earlier == null
                    ? ""
                    : " after %d@%d until %s"
                        .formatted(earlier.version(), earlier.epoch(), earlier.until())));
  }

  @Override
  public synchronized void abandon(String model, long version) {
    record("abandon " + version);
  }

  @Override
  public synchronized void hold(String model, Holdings holdings) {
    String paused = holdings.paused().isEmpty() ? "" : " pausing " + holdings.paused();
    record("hold " + holdings.kept() + " without " + holdings.unloaded() + paused);
  }

  @Override
  public synchronized void suspend(String model, String reason) {
    failOnce("suspend");
    record("suspend: " + reason);
  }

  private void failOnce(String call) {
    if (defects.remove(call)) {
      throw new IllegalStateException("a defect in " + call);
    }
  }

  @Override
  public synchronized void withdraw(String model, String reason) {
    failOnce("withdraw");
    record("withdraw: " + reason);
  }

  @Override
  public synchronized void stale(String reason) {
    record("stale");
  }

  @Override
  public synchronized void current() {
    record("current");
  }

  @Override
  public void known(long nanos) {}

  @Override
  public synchronized void defect(String model, RuntimeException cause) {
    record("defect: " + cause.getMessage());
  }

  @Override
  public synchronized void fallback(String model, String outlook) {
    if (calls.isEmpty() || !calls.get(calls.size() - 1).equals(outlook)) {
      record(outlook);
    }
  }

  @Override
  public String configuration() {
    return "9c1d5e0a77b2";
  }

  @Override
  public synchronized Map<String, ServedModel> models() {
    if (!served) {
      return Map.of();
    }
    List<VersionStatus> versions =
        aspired.keySet().stream()
            .map(
                version ->
                    statuses.getOrDefault(
                        version, new VersionStatus(version, VersionState.AVAILABLE, null)))
            .toList();
    return Map.of(MODEL, new ServedModel(automatic, aspired, versions, broken, PIPELINES));
  }
}

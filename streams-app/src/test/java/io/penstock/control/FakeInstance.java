package io.penstock.control;

import io.penstock.schemas.VersionState;
import io.penstock.schemas.VersionStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * An instance that serves one model, {@code digits}, and does as it is told: each version is
 * prepared at once, fails, or stays on its way. Thread-safe.
 */
public final class FakeInstance implements Instance {

  public static final String MODEL = "digits";

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final boolean automatic;
  private final TreeMap<Long, String> aspired = new TreeMap<>();
  private final Map<Long, CompletableFuture<Void>> outcomes = new TreeMap<>();
  private final TreeMap<Long, String> broken = new TreeMap<>();
  private final List<String> calls = new ArrayList<>();

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

  /** The version's files are others from now on. */
  public synchronized void change(long version) {
    aspired.put(version, "changed");
  }

  /** Runs of this version fail from now on. */
  public synchronized void breakDown(long version, String why) {
    broken.put(version, why);
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
  public synchronized CompletionStage<Void> prepare(String model, long version) {
    record("prepare " + version);
    return outcome(version);
  }

  @Override
  public synchronized CompletionStage<Void> resume(String model, long version) {
    record("resume " + version);
    return outcome(version);
  }

  private CompletionStage<Void> outcome(long version) {
    return outcomes.getOrDefault(version, CompletableFuture.completedFuture(null));
  }

  @Override
  public synchronized void activate(String model, long version, long epoch) {
    record("activate " + version + "@" + epoch);
  }

  @Override
  public synchronized void abandon(String model, long version) {
    record("abandon " + version);
  }

  @Override
  public synchronized void fallback(String model, String outlook) {
    if (calls.isEmpty() || !calls.get(calls.size() - 1).equals(outlook)) {
      record(outlook);
    }
  }

  @Override
  public synchronized Map<String, ServedModel> models() {
    List<VersionStatus> versions =
        aspired.keySet().stream()
            .map(version -> new VersionStatus(version, VersionState.AVAILABLE, null))
            .toList();
    return Map.of(MODEL, new ServedModel(automatic, aspired, versions, broken));
  }
}

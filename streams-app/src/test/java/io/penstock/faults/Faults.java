package io.penstock.faults;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The faults that are armed in this process: each strikes where it can next, once, but for versions
 * that fail for good. Thread-safe.
 */
public final class Faults {

  private final AtomicLong hangMillis = new AtomicLong();
  private final AtomicInteger failingRuns = new AtomicInteger();
  private final Set<Long> failingVersions = ConcurrentHashMap.newKeySet();
  private final AtomicReference<@Nullable ForwardPath> forwardTimeout = new AtomicReference<>();
  private final AtomicBoolean failedSend = new AtomicBoolean();
  private final Set<Integer> failedFlushes = ConcurrentHashMap.newKeySet();
  private final AtomicInteger unmadeConsumers = new AtomicInteger();
  private final Set<Thread> timedOutThreads = ConcurrentHashMap.newKeySet();

  /** The next run of a model takes so much longer. */
  public void hang(long millis) {
    hangMillis.set(millis);
  }

  /** So many runs of models fail, one after the other. */
  public void failRuns(int count) {
    failingRuns.set(count);
  }

  /** Every run of that version fails from now on, of any model. */
  public void failVersion(long version) {
    failingVersions.add(version);
  }

  /** The next forward on that path times out. */
  public void timeOut(ForwardPath path) {
    forwardTimeout.set(path);
  }

  /** The next send is accepted, and fails. */
  public void failSend() {
    failedSend.set(true);
  }

  /** The next send to each of these partitions is accepted, and fails with the next flush. */
  public void failFlush(Set<Integer> partitions) {
    failedFlushes.addAll(partitions);
  }

  /** So many consumers cannot be made, one after the other. */
  public void failConsumers(int count) {
    unmadeConsumers.set(count);
  }

  /** What has not struck yet does not; versions that fail for good do so on. */
  public void disarm() {
    hangMillis.set(0);
    failingRuns.set(0);
    forwardTimeout.set(null);
    failedSend.set(false);
    failedFlushes.clear();
    unmadeConsumers.set(0);
  }

  /** Whether forwards and sends have had the faults that were armed for them. */
  public boolean haveStruckOutcomes() {
    return forwardTimeout.get() == null
        && !failedSend.get()
        && failedFlushes.isEmpty()
        && unmadeConsumers.get() == 0;
  }

  /** The threads on which a forward has timed out. */
  public Set<Thread> timedOutThreads() {
    return timedOutThreads;
  }

  boolean takeUnmadeConsumer() {
    return unmadeConsumers.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
  }

  long takeHang() {
    return hangMillis.getAndSet(0);
  }

  boolean takeFailingRun(long version) {
    return failingVersions.contains(version)
        || failingRuns.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
  }

  /** The path of the calling thread, if a forward on it is to time out. */
  @Nullable ForwardPath takeTimeout() {
    ForwardPath path = forwardTimeout.get();
    if (path == null || !path.isCurrent() || !forwardTimeout.compareAndSet(path, null)) {
      return null;
    }
    timedOutThreads.add(Thread.currentThread());
    return path;
  }

  boolean takeFailedSend() {
    return failedSend.compareAndSet(true, false);
  }

  boolean takeFailedFlush(int partition) {
    return failedFlushes.remove(partition);
  }
}

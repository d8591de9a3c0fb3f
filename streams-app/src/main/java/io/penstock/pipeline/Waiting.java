package io.penstock.pipeline;

/**
 * What has gone by since something began: a transaction, or the time since a poll; and how much of
 * it in waiting for batches. Not thread-safe.
 */
final class Waiting {

  private boolean begun;
  private long sinceNanos;
  private long waitedNanos;
  private long computingNanos;
  private long searchingNanos;

  /** It begins, now. */
  void begin(long nowNanos) {
    begun = true;
    sinceNanos = nowNanos;
    waitedNanos = 0;
    computingNanos = 0;
    searchingNanos = 0;
  }

  /** It is over. */
  void end() {
    begun = false;
  }

  boolean hasBegun() {
    return begun;
  }

  /** How long it has been going on. */
  long nanos(long nowNanos) {
    return nowNanos - sinceNanos;
  }

  /**
   * A wait for batches is over.
   *
   * @param waited how long it took
   * @param computing that part of it in which a run of the version was on its way
   * @param searching that part of it in which bad rows were searched for
   */
  void add(long waited, long computing, long searching) {
    waitedNanos += waited;
    computingNanos += computing;
    searchingNanos += searching;
  }

  long waitedNanos() {
    return waitedNanos;
  }

  long computingNanos() {
    return computingNanos;
  }

  long searchingNanos() {
    return searchingNanos;
  }
}

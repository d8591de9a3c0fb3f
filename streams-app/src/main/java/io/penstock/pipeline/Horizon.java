package io.penstock.pipeline;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How far in record time a pipeline has read, and from which timestamp on it is to process nothing
 * for now.
 *
 * <p>A stream thread says what it has read before it looks whether that is too far; whoever holds
 * the pipeline back says from where before asking whether that was read. So one of them at least
 * notices: a record is either held back, or known to have been read. Thread-safe.
 */
public final class Horizon {

  private static final long NOWHERE = Long.MAX_VALUE;

  private final AtomicLong read = new AtomicLong(Long.MIN_VALUE);
  private final Runnable onReached;
  private volatile long heldFrom = NOWHERE;

  /**
   * A horizon of a pipeline that has read nothing.
   *
   * @param onReached keeps the calling stream thread from processing what it has read
   */
  public Horizon(Runnable onReached) {
    this.onReached = onReached;
  }

  /** A stream thread has read records up to that timestamp, and has processed none of them. */
  public void read(long timestamp) {
    if (timestamp > read.get()) {
      read.accumulateAndGet(timestamp, Math::max);
    }
    if (isReached()) {
      onReached.run();
    }
  }

  /** Nothing from that timestamp on is to be processed. */
  public void holdBack(long fromMillis) {
    heldFrom = fromMillis;
  }

  /** Everything may be processed. */
  public void release() {
    heldFrom = NOWHERE;
  }

  /** Whether a record was read that is held back, or should have been. */
  public boolean isReached() {
    return heldFrom != NOWHERE && read.get() >= heldFrom;
  }
}

package io.penstock.model.loading;

import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * How many versions are loaded and warmed up at the same time, over all models of a process: each
 * load takes a processor from those who serve. Whoever asked first goes first. Thread-safe.
 */
public final class LoadSlots {

  private final Semaphore free;

  /** So many slots, 1 or more. */
  public LoadSlots(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("count: " + count + " (expected: 1 or more)");
    }
    this.free = new Semaphore(count, true);
  }

  /** Something that takes a slot. */
  @FunctionalInterface
  interface Load {
    void run(Slot slot);
  }

  /** Runs a load once there is a slot for it, which is free again when it ends, or is closed. */
  void run(Load load) {
    free.acquireUninterruptibly();
    try (Slot slot = new Slot()) {
      load.run(slot);
    }
  }

  /** A slot that is taken. */
  final class Slot implements AutoCloseable {

    private final AtomicBoolean closed = new AtomicBoolean();

    private Slot() {}

    /** Frees it. Idempotent. */
    @Override
    public void close() {
      if (closed.compareAndSet(false, true)) {
        free.release();
      }
    }
  }
}

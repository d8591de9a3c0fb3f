package io.penstock.model.lifecycle;

import java.util.concurrent.Semaphore;

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

  /** Runs a load once there is a slot for it. */
  void run(Runnable load) {
    free.acquireUninterruptibly();
    try {
      load.run();
    } finally {
      free.release();
    }
  }
}

package io.penstock.testkit;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waiting for something to hold, bounded; polls, since the outside world calls nobody back. */
public final class Await {

  /** What takes a second on a machine of its own may take some on one that is shared. */
  private static final int PATIENCE = 4;

  private Await() {}

  /**
   * Waits until something holds; fails when it does not.
   *
   * @param seconds longer than it should take on a machine that does nothing else
   */
  public static void until(String what, long seconds, BooleanSupplier holds) {
    until(() -> what, seconds, holds);
  }

  /** Waits until something holds; what is said when it does not is asked for at the end. */
  public static void until(Supplier<String> what, long seconds, BooleanSupplier holds) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds * PATIENCE);
    while (!holds.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not within " + seconds * PATIENCE + " s: " + what.get());
      }
      pause(20);
    }
  }

  /** Lets some time pass: between two looks, or because the time is what is tested. */
  public static void pause(long millis) {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }
}

package io.penstock.requests;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads that read requests and write their answers: daemons, and of a low priority, so that
 * streams have the processors first where these are short. The Java machine heeds that only by the
 * options that the {@code penstock} script gives it on Linux. They hold no lock that streams take
 * for longer than a look at a state, or a line of the log, takes.
 */
public final class DoorThreads {

  /** The script gives it a meaning, and to no other. */
  public static final int PRIORITY = 2;

  private DoorThreads() {}

  /** Makes threads {@code penstock-NAME-0}, {@code penstock-NAME-1} and so on. */
  public static ThreadFactory named(String name) {
    AtomicInteger number = new AtomicInteger();
    return task -> givingWay(new Thread(task, "penstock-" + name + "-" + number.getAndIncrement()));
  }

  /** Makes that thread, which has not started, one of these. */
  @SuppressWarnings("ThreadPriorityCheck") // It decides who waits for whom, not what is right.
  public static Thread givingWay(Thread thread) {
    thread.setDaemon(true);
    thread.setPriority(PRIORITY);
    return thread;
  }
}

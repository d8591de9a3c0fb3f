package io.penstock.model.lifecycle;

import java.util.concurrent.ThreadFactory;
import org.slf4j.MDC;

/**
 * Makes the threads of one model: daemons that are named after their role, and whose log lines name
 * the model.
 */
record ModelThreads(String model) {

  /** Those of a role. */
  ThreadFactory of(String role) {
    return task -> {
      Thread thread = new Thread(() -> withLogContext(task), "penstock-" + model + "-" + role);
      thread.setDaemon(true);
      return thread;
    };
  }

  /** Of the lowest priority, where the virtual machine heeds it ({@code ThreadPriorityPolicy}). */
  @SuppressWarnings("ThreadPriorityCheck") // Nothing relies on it: it spares those who serve.
  ThreadFactory inTheBackground(String role) {
    ThreadFactory threads = of(role);
    return task -> {
      Thread thread = threads.newThread(task);
      thread.setPriority(Thread.MIN_PRIORITY);
      return thread;
    };
  }

  private void withLogContext(Runnable task) {
    MDC.put("model", model);
    task.run();
  }
}

package io.penstock.inference;

import io.penstock.batching.Batch;
import io.penstock.batching.Inference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * The threads that run batches, shared by all pipelines of the process, first sealed first served.
 * Thread-safe.
 *
 * <p>They hold no Kafka client and no processor context: they only complete batches.
 */
public final class InferenceThreads implements Inference, AutoCloseable {

  private final BlockingQueue<Batch> queue = new LinkedBlockingQueue<>();
  private final List<Thread> threads = new ArrayList<>();

  /** Starts that many threads. */
  public InferenceThreads(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("inference.threads: " + count + " (expected: 1 or more)");
    }
    for (int i = 0; i < count; i++) {
      Thread thread = new Thread(this::work, "inference-" + i);
      thread.setDaemon(true);
      threads.add(thread);
      thread.start();
    }
  }

  @Override
  public void submit(Batch batch) {
    queue.add(batch);
  }

  /** Ends the threads once they have finished the batch they are running. */
  @Override
  public void close() {
    threads.forEach(Thread::interrupt);
  }

  private void work() {
    BatchRun run = new BatchRun();
    try {
      while (true) {
        run.run(queue.take());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

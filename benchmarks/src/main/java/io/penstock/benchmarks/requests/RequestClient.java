package io.penstock.benchmarks.requests;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Asks for predictions over some protocol. Thread-safe. */
public interface RequestClient extends AutoCloseable {

  /**
   * Asks for the prediction of one row, and does not wait for it.
   *
   * @param number which request of the workload's, in turn
   * @param ended told once, on any thread, when the answer is there: null, or why there is none
   */
  void ask(long number, Consumer<@Nullable Throwable> ended);

  @Override
  void close();
}

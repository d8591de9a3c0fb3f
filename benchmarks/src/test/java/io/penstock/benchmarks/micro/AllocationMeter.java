package io.penstock.benchmarks.micro;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.stream.LongStream;

/**
 * Counts what the calling thread allocates: every object, no sample, no clock. It does not depend
 * on how busy the machine is, and on the JIT only in that compiled code may allocate less.
 */
final class AllocationMeter {

  /** What happens once, such as loading a class, is in some rounds and not in the least. */
  private static final int ROUNDS = 5;

  private static final int OPERATIONS = 2_000;

  private static final ThreadMXBean THREADS =
      ManagementFactory.getPlatformMXBean(ThreadMXBean.class);

  private AllocationMeter() {}

  /** Something that is done again and again. */
  @FunctionalInterface
  interface Operation {
    void run() throws Exception;
  }

  /** The bytes that an operation allocates; the least of several rounds. */
  static double bytesPerOperation(Operation operation) throws Exception {
    long[] rounds = new long[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < OPERATIONS; i++) {
        operation.run();
      }
      rounds[round] = THREADS.getCurrentThreadAllocatedBytes() - before;
    }
    return (double) LongStream.of(rounds).min().orElseThrow() / OPERATIONS;
  }
}

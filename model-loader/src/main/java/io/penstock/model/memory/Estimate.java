package io.penstock.model.memory;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What versions of one model take, in multiples of the size of their files: first as TensorFlow
 * Serving has it, then the least of what the last loads showed. The least, because resident memory
 * also grows by what the Java heap grows meanwhile; and between once and twice the files, because a
 * load that reuses what another gave back shows too little, and a full heap too much. Not
 * thread-safe.
 */
final class Estimate {

  /** {@code kResourceEstimateRAMMultiplier} in TensorFlow Serving's {@code bundle_factory_util}. */
  private static final double UNMEASURED = 1.2;

  private static final double LEAST = 1;
  private static final double MOST = 2;
  private static final int REMEMBERED = 8;

  private final Deque<Double> measured = new ArrayDeque<>();

  /** A version of that size took so much. */
  void add(long fileBytes, long grownBytes) {
    if (fileBytes > 0) {
      measured.addLast(Math.max(LEAST, Math.min(MOST, (double) grownBytes / fileBytes)));
      if (measured.size() > REMEMBERED) {
        measured.removeFirst();
      }
    }
  }

  /** By how much files grow when they are loaded. */
  double factor() {
    return measured.stream().mapToDouble(factor -> factor).min().orElse(UNMEASURED);
  }

  /** What a version of that size will take. */
  long bytes(long fileBytes) {
    return (long) (fileBytes * factor());
  }
}

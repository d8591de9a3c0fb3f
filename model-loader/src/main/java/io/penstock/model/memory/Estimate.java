package io.penstock.model.memory;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * What versions of one model take, in multiples of the size of their files: first as TensorFlow
 * Serving has it, then the middle of what the last loads showed. Not thread-safe.
 *
 * <p>A load that took less than its files has reused what another gave back, and one that took
 * little is lost in what moves for other reasons (compiled code, buffers of batches): both show
 * nothing. Nor does a version that was small say what one takes that is large.
 */
final class Estimate {

  /** {@code kResourceEstimateRAMMultiplier} in TensorFlow Serving's {@code bundle_factory_util}. */
  private static final double UNMEASURED = 1.2;

  private static final long LEAST_GROWTH = 64L << 20;
  private static final int REMEMBERED = 8;

  /** A version of so much has taken so much. */
  private record Reading(long fileBytes, double factor) {}

  private final Deque<Reading> readings = new ArrayDeque<>();

  /** A version of that size was loaded, and the process has grown by that. */
  void add(long fileBytes, long grownBytes) {
    if (fileBytes > 0 && grownBytes >= Math.max(fileBytes, LEAST_GROWTH)) {
      readings.addLast(new Reading(fileBytes, (double) grownBytes / fileBytes));
      if (readings.size() > REMEMBERED) {
        readings.removeFirst();
      }
    }
  }

  /** By how much files of that size grow when they are loaded. */
  double factor(long fileBytes) {
    List<Double> comparable =
        readings.stream()
            .filter(reading -> reading.fileBytes() >= fileBytes / 2)
            .map(Reading::factor)
            .sorted()
            .toList();
    return comparable.isEmpty() ? UNMEASURED : comparable.get(comparable.size() / 2);
  }

  /** What a version of that size will take. */
  long bytes(long fileBytes) {
    return Math.round(fileBytes * factor(fileBytes));
  }
}

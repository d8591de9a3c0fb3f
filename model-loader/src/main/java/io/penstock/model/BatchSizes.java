package io.penstock.model;

import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The numbers of rows that batches may be run with: any up to a maximum, or some that are listed;
 * TensorFlow Serving's {@code max_batch_size} and {@code allowed_batch_sizes}. A batch whose size
 * is not among them is padded up to the next that is. Immutable.
 *
 * @param max the most rows of a batch
 * @param allowed the sizes that may be run, ascending, the last being {@code max}; empty: any
 */
public record BatchSizes(int max, List<Integer> allowed) {

  public BatchSizes {
    allowed = List.copyOf(allowed);
    if (max < 1) {
      throw new IllegalArgumentException("max: " + max + " (expected: 1 or more)");
    }
    int before = 0;
    for (int size : allowed) {
      if (size <= before) {
        throw new IllegalArgumentException("allowed: " + allowed + " (expected: ascending from 1)");
      }
      before = size;
    }
    if (!allowed.isEmpty() && before != max) {
      throw new IllegalArgumentException(
          "allowed: " + allowed + " (expected: ending with max: " + max + ")");
    }
  }

  /** Any size up to that. */
  public static BatchSizes upTo(int max) {
    return new BatchSizes(max, List.of());
  }

  /** These sizes, or the only one that a signature with a fixed batch dimension takes. */
  public BatchSizes of(ModelSignature signature) {
    return signature.batchSize().isPresent()
        ? new BatchSizes(
            signature.batchSize().getAsInt(), List.of(signature.batchSize().getAsInt()))
        : this;
  }

  /**
   * The size that so many rows are run at: the smallest allowed one that holds them.
   *
   * @param rows 1 to {@link #max}
   */
  public int padded(int rows) {
    for (int size : allowed) {
      if (size >= rows) {
        return size;
      }
    }
    return rows;
  }

  /** The sizes to warm a version up with: all that are allowed, or the extremes of any. */
  public SortedSet<Integer> toWarmUp() {
    return new TreeSet<>(allowed.isEmpty() ? List.of(1, max) : allowed);
  }
}

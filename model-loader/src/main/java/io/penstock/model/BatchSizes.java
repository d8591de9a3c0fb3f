package io.penstock.model;

import java.util.List;
import java.util.NavigableSet;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;

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

  /**
   * How many rows a batch may have, so that it is run at no more than that size: at the smallest
   * allowed one at least.
   *
   * @param maxRows the most anyhow
   */
  public int mostRows(int maxRows, long maxSize) {
    long most = allowed.isEmpty() ? Math.max(1, maxSize) : allowed.get(0);
    for (int size : allowed) {
      if (size <= maxSize) {
        most = size;
      }
    }
    return (int) Math.min(maxRows, most);
  }

  /**
   * The sizes to warm a version up with: all that are allowed; of any, the powers of two and the
   * largest.
   */
  public SortedSet<Integer> toWarmUp() {
    NavigableSet<Integer> sizes = new TreeSet<>(allowed);
    if (allowed.isEmpty()) {
      sizes.add(max);
      IntStream.iterate(1, size -> size > 0 && size < max, size -> size * 2).forEach(sizes::add);
    }
    return sizes;
  }
}

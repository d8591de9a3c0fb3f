package io.penstock.model;

import java.util.Arrays;

/**
 * The runs of elements that stand side by side both in a row and in a longer one of equal rank, row
 * after row as they are stored: what a copy between rows of different shapes can do at once.
 */
final class ElementRuns {

  private ElementRuns() {}

  /** Takes a run, by the indices of its first element in both rows. */
  @FunctionalInterface
  interface Run {
    void copy(int from, int into, int elements);
  }

  /** Hands over every run of a row of the first shape within a row of the second. */
  static void forEach(int[] shape, int[] longer, Run run) {
    if (Arrays.equals(shape, longer)) {
      run.copy(0, 0, Column.elements(shape));
    } else if (shape.length != longer.length) {
      throw new IllegalArgumentException(
          "rank: " + shape.length + " (expected: " + longer.length + ", as where it is copied to)");
    } else {
      forEach(shape, longer, 0, 0, 0, run);
    }
  }

  private static void forEach(
      int[] shape, int[] longer, int dimension, int from, int into, Run run) {
    if (dimension == shape.length - 1) {
      run.copy(from, into, shape[dimension]);
      return;
    }
    int step = stride(shape, dimension);
    int longerStep = stride(longer, dimension);
    for (int i = 0; i < shape[dimension]; i++) {
      forEach(shape, longer, dimension + 1, from + i * step, into + i * longerStep, run);
    }
  }

  /** Elements from one index of a dimension to the next. */
  private static int stride(int[] shape, int dimension) {
    return Column.elements(Arrays.copyOfRange(shape, dimension + 1, shape.length));
  }
}

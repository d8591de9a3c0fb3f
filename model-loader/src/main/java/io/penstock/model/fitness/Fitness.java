package io.penstock.model.fitness;

import java.util.Set;

/**
 * What a version has to show before it serves, beside that it loads. Immutable.
 *
 * @param signatures signatures that it must have and that it is warmed up with
 * @param batchRows rows of the batches that will be run; a signature of one fixed size is run with
 *     that
 * @param goldenChecksRequired whether it must bring golden checks along
 * @param finiteOutputsRequired whether its outputs must be numbers, neither infinite nor NaN
 */
public record Fitness(
    Set<String> signatures,
    Set<Integer> batchRows,
    boolean goldenChecksRequired,
    boolean finiteOutputsRequired) {

  public Fitness {
    signatures = Set.copyOf(signatures);
    batchRows = Set.copyOf(batchRows);
    if (signatures.isEmpty()) {
      throw new IllegalArgumentException("signatures: none (expected: 1 or more)");
    }
    if (batchRows.isEmpty() || batchRows.stream().anyMatch(rows -> rows < 1)) {
      throw new IllegalArgumentException(
          "batchRows: " + batchRows + " (expected: 1 or more, at least one size)");
    }
  }

  /** Finite outputs, and golden checks where there are any. */
  public static Fitness of(Set<String> signatures, Set<Integer> batchRows) {
    return new Fitness(signatures, batchRows, false, true);
  }
}

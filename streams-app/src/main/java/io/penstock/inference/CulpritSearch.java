package io.penstock.inference;

import io.penstock.model.ModelRunException;
import io.penstock.model.ModelSignature;
import io.penstock.model.Rows;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The search for the rows on which a model refuses a batch; TensorFlow fails a batch as a whole.
 *
 * <p>Suspects are isolated by <b>masking</b>: the batch runs again with every row but some suspects
 * replaced by a good row. The shape stays, so the rows that remain are computed bit for bit as in a
 * clean run. A run that passes clears its suspects; of one that fails the halves are tried, until
 * single rows stand alone. Where the first half passes, the second is known to fail without a run:
 * one culprit among n rows takes 2·log₂ n runs at most.
 *
 * <p>A row is blamed only for two runs in which it was the only suspect, and only once a good row
 * has passed: a model that fails once by chance blames nobody, and of one that fails always the
 * search says so after a few runs. Where the model does not say that the input is at fault, the row
 * has to fail {@value #MORE_PROOFS} times more, and a good row to pass in between.
 */
final class CulpritSearch {

  private static final int MORE_PROOFS = 3;

  private final ModelRunException refusal;
  private final ModelSignature signature;
  private final Rows inputs;
  private final int rows;
  private final int size;
  private final Rows masked;
  private final Consumer<Rows> model;
  private final Verdicts verdicts;
  private Good good;
  private boolean passed;

  /** What the search finds. */
  interface Verdicts {

    /** A row is not to blame: called directly after the run that proved it, whose outputs stand. */
    void clean(int row);

    /** A row alone makes a run fail. */
    void culprit(int row, ModelRunException failure);
  }

  /** A row that stands in for others. */
  private record Good(Rows rows, int row) {}

  /**
   * @param refusal what the model said of the whole batch
   * @param inputs the batch's columns, of that signature
   * @param rows how many rows it has
   * @param size how many it is run with: {@code rows}, and padding
   * @param model runs {@code size} rows or throws {@link ModelRunException}
   */
  CulpritSearch(
      ModelRunException refusal,
      ModelSignature signature,
      Rows inputs,
      int rows,
      int size,
      Consumer<Rows> model,
      Verdicts verdicts) {
    this.refusal = refusal;
    this.signature = signature;
    this.inputs = inputs;
    this.rows = rows;
    this.size = size;
    this.model = model;
    this.verdicts = verdicts;
    this.masked = Rows.of(signature.inputs());
    masked.reshapeLike(inputs, size);
    this.good = new Good(inputs, 0);
  }

  /**
   * Finds a verdict on every row.
   *
   * @param remembered a row (capacity 1) of the batch's row shape that this version has computed
   *     before, if there is one
   * @throws ModelRunException if even good rows fail, or memory is short
   */
  void run(@Nullable Rows remembered) {
    if (remembered != null) {
      good = new Good(remembered, 0);
      narrow(0, rows, refusal);
    } else if (zerosPass()) {
      narrow(0, rows, refusal);
    } else {
      tryEachRow();
    }
  }

  /** Whether a row of zeros is good, as in the warm-up. */
  private boolean zerosPass() {
    Rows zeros = Rows.of(signature.inputs());
    zeros.reshapeLike(inputs, 1);
    good = new Good(zeros, 0);
    ModelRunException failure = attempt(0, 0);
    throwUnlessOfInput(failure);
    return failure == null;
  }

  /** Fills batches with one row after the other until one is good, which then masks the rest. */
  private void tryEachRow() {
    for (int row = 0; row < rows; row++) {
      good = new Good(inputs, row);
      ModelRunException failure = attempt(row, row + 1);
      if (failure != null) {
        throwUnlessOfInput(failure);
        failure = attempt(row, row + 1);
      }
      if (failure == null) {
        verdicts.clean(row);
        judge(row + 1, rows);
        return;
      }
      throwUnlessOfInput(failure);
      verdicts.culprit(row, failure);
    }
  }

  private static void throwUnlessOfInput(@Nullable ModelRunException failure) {
    if (failure != null && isDoubtful(failure)) {
      throw failure;
    }
  }

  /** Judges rows of which nothing is known. */
  private void judge(int from, int to) {
    if (from == to) {
      return;
    }
    ModelRunException failure = attempt(from, to);
    if (failure == null) {
      clean(from, to);
    } else {
      narrow(from, to, failure);
    }
  }

  /** Judges rows of which a run has failed that had no others, so that some are to blame. */
  private void narrow(int from, int to, ModelRunException failure) {
    if (to - from == 1) {
      requireGoodRow();
      blameUnlessByChance(from);
      return;
    }
    int middle = (from + to) >>> 1;
    ModelRunException ofFirst = attempt(from, middle);
    if (ofFirst == null) {
      clean(from, middle);
      judgeRemaining(middle, to, failure);
      return;
    }
    ModelRunException ofSecond = attempt(middle, to);
    if (ofSecond == null) {
      clean(middle, to);
    } else {
      requireGoodRow();
    }
    narrow(from, middle, ofFirst);
    if (ofSecond != null) {
      narrow(middle, to, ofSecond);
    }
  }

  /**
   * A failure that is not said to be the input's may come by chance, so it has to come again while
   * a good row passes.
   *
   * @throws ModelRunException if it does not pass
   */
  private void blameUnlessByChance(int row) {
    ModelRunException failure = attempt(row, row + 1);
    for (int i = 0; failure != null && isDoubtful(failure) && i < MORE_PROOFS; i++) {
      if (attempt(0, 0) != null) {
        throw refusal;
      }
      failure = attempt(row, row + 1);
    }
    if (failure == null) {
      verdicts.clean(row);
    } else {
      verdicts.culprit(row, failure);
    }
  }

  private static boolean isDoubtful(ModelRunException failure) {
    return failure.blame() != ModelRunException.Blame.INPUT;
  }

  /** Judges rows that must be to blame, since those that failed with them have passed alone. */
  private void judgeRemaining(int from, int to, ModelRunException failure) {
    if (to - from == 1) {
      judge(from, to);
    } else {
      narrow(from, to, failure);
    }
  }

  /** Makes sure that some run passes: otherwise it is not the rows that fail. */
  private void requireGoodRow() {
    if (!passed && attempt(0, 0) != null) {
      throw refusal;
    }
  }

  private void clean(int from, int to) {
    for (int row = from; row < to; row++) {
      verdicts.clean(row);
    }
  }

  /** Runs rows {@code from} to {@code to} of the batch, the good row standing in for all others. */
  private @Nullable ModelRunException attempt(int from, int to) {
    for (int row = 0; row < size; row++) {
      if (row >= from && row < to) {
        inputs.copyRow(row, masked, row);
      } else {
        good.rows().copyRow(good.row(), masked, row);
      }
    }
    try {
      model.accept(masked);
      passed = true;
      return null;
    } catch (ModelRunException e) {
      if (e.blame() == ModelRunException.Blame.MEMORY) {
        throw e;
      }
      return e;
    }
  }
}

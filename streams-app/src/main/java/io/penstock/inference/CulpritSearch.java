package io.penstock.inference;

import io.penstock.batching.Batch;
import io.penstock.batching.RowFailure;
import io.penstock.codec.DeadLetterReason;
import io.penstock.model.ModelRunException;
import io.penstock.model.Rows;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The search for the rows on which a model refuses a batch; TensorFlow fails a batch as a whole.
 *
 * <p>Suspects are isolated by <b>masking</b>: the batch runs again with every row but some suspects
 * replaced by a good row. The shape stays, so the rows that remain are computed bit for bit as in a
 * clean run. A run that passes clears its suspects; one that fails is halved until single rows
 * stand alone: about 2·log₂ n runs for one culprit among n rows. When no good row can be found the
 * model is to blame, not the data.
 */
final class CulpritSearch {

  private final Batch batch;
  private final ModelRunException refusal;
  private final @Nullable Rows rememberedRow;
  private final Consumer<Rows> model;
  private final Rows masked;

  /**
   * @param refusal what the model said of the whole batch
   * @param rememberedRow a row (capacity 1) that this version has run before, if there is one
   * @param model runs the batch's number of rows or throws {@link ModelRunException}
   */
  CulpritSearch(
      Batch batch, ModelRunException refusal, @Nullable Rows rememberedRow, Consumer<Rows> model) {
    this.batch = batch;
    this.refusal = refusal;
    this.rememberedRow = rememberedRow;
    this.model = model;
    this.masked = Rows.of(batch.binding().signature().inputs());
    masked.reshapeLike(batch.inputs(), batch.rows());
  }

  /**
   * Gives every row of the batch a failure, or reports it as clean while its outputs stand.
   *
   * @param clean called with each row that is not to blame, directly after the run that proved it
   * @throws ModelRunException if even good rows fail, or a run fails for another reason than its
   *     input
   */
  void run(IntConsumer clean) {
    Source good = findGoodRow();
    isolate(0, batch.rows(), good, clean);
  }

  private Source findGoodRow() {
    for (Source candidate : candidates()) {
      if (attempt(0, 0, candidate) == null) {
        return candidate;
      }
    }
    throw refusal;
  }

  /** What may be good: a row that was, a row of zeros as in the warm-up, each row of the batch. */
  private List<Source> candidates() {
    List<Source> candidates = new ArrayList<>();
    if (rememberedRow != null && rememberedRow.hasRowShapeOf(batch.inputs())) {
      candidates.add(new Source(rememberedRow, 0));
    }
    Rows zeros = Rows.of(batch.binding().signature().inputs());
    zeros.reshapeLike(batch.inputs(), 1);
    candidates.add(new Source(zeros, 0));
    for (int row = 0; row < batch.rows(); row++) {
      candidates.add(new Source(batch.inputs(), row));
    }
    return candidates;
  }

  private void isolate(int from, int to, Source good, IntConsumer clean) {
    ModelRunException failure = attempt(from, to, good);
    if (failure == null) {
      for (int row = from; row < to; row++) {
        clean.accept(row);
      }
    } else if (!failure.isInputRejected()) {
      throw failure;
    } else if (to - from == 1) {
      String message = Objects.requireNonNullElse(failure.getMessage(), failure.toString());
      batch.fail(from, new RowFailure(DeadLetterReason.INFERENCE_FAILED, message));
    } else {
      int middle = (from + to) >>> 1;
      isolate(from, middle, good, clean);
      isolate(middle, to, good, clean);
    }
  }

  /** Runs rows {@code from} to {@code to} of the batch, the good row standing in for all others. */
  private @Nullable ModelRunException attempt(int from, int to, Source good) {
    for (int row = 0; row < batch.rows(); row++) {
      if (row >= from && row < to) {
        batch.inputs().copyRow(row, masked, row);
      } else {
        good.rows().copyRow(good.row(), masked, row);
      }
    }
    try {
      model.accept(masked);
      return null;
    } catch (ModelRunException e) {
      return e;
    }
  }

  private record Source(Rows rows, int row) {}
}

package io.penstock.inference;

import io.penstock.batching.Batch;
import io.penstock.batching.RowFailure;
import io.penstock.batching.VersionBinding;
import io.penstock.codec.DeadLetterReason;
import io.penstock.model.ModelRunException;
import io.penstock.model.Rows;
import io.penstock.model.ServableVersion;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Computes batches, one after the other: runs the model, encodes each row, and when the model
 * refuses a batch has the rows to blame found.
 *
 * <p>Not thread-safe: one per inference thread.
 */
final class BatchRun {

  private @Nullable VersionBinding binding;
  private Rows outputs = Rows.of(List.of());
  private @Nullable Rows goodRow;

  /** Computes a sealed batch and finishes it, come what may. */
  void run(Batch batch) {
    try {
      compute(batch);
    } catch (Throwable e) {
      // Errors too: the pipelines that wait for this thread are told, and the thread serves on.
      batch.fail(e);
      return;
    }
    batch.complete();
  }

  private void compute(Batch batch) {
    if (binding != batch.binding()) {
      binding = batch.binding();
      outputs = Rows.of(batch.binding().signature().outputs());
      goodRow = null;
    }
    try {
      runModel(batch, batch.inputs(), outputs);
    } catch (ModelRunException e) {
      new CulpritSearch(batch, e, goodRow, inputs -> runModel(batch, inputs, outputs))
          .run(row -> encode(batch, row));
      return;
    }
    for (int row = 0; row < batch.rows(); row++) {
      encode(batch, row);
    }
    if (goodRow == null) {
      goodRow = copyOfFirstRow(batch);
    }
  }

  private static void runModel(Batch batch, Rows inputs, Rows outputs) {
    ServableVersion version = batch.lease().version();
    version.run(batch.binding().signature(), inputs, batch.rows(), outputs);
  }

  private void encode(Batch batch, int row) {
    try {
      batch.predict(row, batch.binding().encoder().encode(outputs, row));
    } catch (RuntimeException e) {
      String message = e.getMessage() == null ? e.toString() : e.getMessage();
      batch.fail(row, new RowFailure(DeadLetterReason.UNENCODABLE, message));
    }
  }

  private static Rows copyOfFirstRow(Batch batch) {
    Rows copy = Rows.of(batch.binding().signature().inputs());
    copy.reshapeLike(batch.inputs(), 1);
    batch.inputs().copyRow(0, copy, 0);
    return copy;
  }
}

package io.penstock.batching;

import io.penstock.codec.RecordDecoder;
import io.penstock.model.Column;
import io.penstock.model.Lease;
import io.penstock.model.ModelSignature;
import io.penstock.model.Rows;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The open batches of one version on one stream thread. Rows of fixed size go straight into the one
 * open batch; rows with open dimensions are decoded aside and join the batch of their own shape.
 *
 * <p>Not thread-safe: all calls on the stream thread.
 */
final class Gathering {

  /** Shapes that gather side by side; one more, and the oldest batch goes as it is. */
  static final int MAX_OPEN_SHAPES = 16;

  /**
   * Storage that one batch of rows with open dimensions takes at most, if it has more than a row.
   */
  private static final int MAX_OPEN_SHAPE_BYTES = 4 << 20;

  private final VersionBinding binding;
  private final RecordDecoder decoder;
  private final int maxRows;
  private final LongSupplier clock;
  private final boolean fixedSize;
  private final int fixedRowBytes;
  private final Rows aside;
  private final List<Batch> open = new ArrayList<>(1);
  private final ArrayDeque<Rows> spares = new ArrayDeque<>();

  Gathering(VersionBinding binding, int maxRows, LongSupplier clock) {
    ModelSignature signature = binding.signature();
    this.binding = binding;
    this.decoder = binding.newDecoder();
    this.maxRows = Math.min(maxRows, binding.sizes().max());
    this.clock = clock;
    this.fixedSize = signature.hasFixedSizeInputs();
    this.aside = Rows.of(signature.inputs(), 1);
    this.fixedRowBytes = rowBytes(aside);
  }

  /**
   * Decodes a record at the end of a batch, which the caller {@linkplain Batch#take takes} next.
   * Nothing if the version has retired.
   */
  @Nullable Batch decode(byte[] value) {
    decoder.prepare(value);
    return fixedSize ? decodeInPlace(value) : decodeAside(value);
  }

  private @Nullable Batch decodeInPlace(byte[] value) {
    if (open.isEmpty()) {
      Rows rows = spares.isEmpty() ? Rows.of(binding.signature().inputs(), maxRows) : spares.pop();
      try {
        decoder.decode(value, rows, 0);
      } catch (RuntimeException e) {
        spares.push(rows);
        throw e;
      }
      return openBatch(rows, maxRows);
    }
    Batch batch = open.get(0);
    decoder.decode(value, batch.inputs(), batch.rows());
    return batch;
  }

  private @Nullable Batch decodeAside(byte[] value) {
    decoder.decode(value, aside, 0);
    Batch batch = openBatchOfShape();
    if (batch == null) {
      Rows rows = spares.isEmpty() ? Rows.of(binding.signature().inputs()) : spares.pop();
      int capacity = Math.min(maxRows, Math.max(1, MAX_OPEN_SHAPE_BYTES / rowBytes(aside)));
      rows.reshapeLike(aside, capacity);
      batch = openBatch(rows, capacity);
    }
    if (batch != null) {
      aside.copyRow(0, batch.inputs(), batch.rows());
    }
    return batch;
  }

  private @Nullable Batch openBatchOfShape() {
    for (Batch batch : open) {
      if (batch.inputs().hasRowShapeOf(aside)) {
        return batch;
      }
    }
    return null;
  }

  private @Nullable Batch openBatch(Rows rows, int capacity) {
    Optional<Lease> lease = binding.acquire();
    if (lease.isEmpty()) {
      spares.push(rows);
      return null;
    }
    Batch batch = new Batch(binding, lease.get(), rows, capacity, clock.getAsLong());
    open.add(batch);
    return batch;
  }

  /** What a row of that batch takes in its columns, strings apart. */
  int rowBytes(Batch batch) {
    return fixedSize ? fixedRowBytes : rowBytes(batch.inputs());
  }

  /** At least 1. */
  private static int rowBytes(Rows rows) {
    int bytes = 1;
    for (Column column : rows.columns()) {
      bytes = Math.addExact(bytes, column.rowElements() * Math.max(1, column.dtype().widthBytes()));
    }
    return bytes;
  }

  /** The batch that must go before another shape may gather, if there is one. */
  @Nullable Batch surplus() {
    return open.size() > MAX_OPEN_SHAPES ? open.get(0) : null;
  }

  /** Whether it gathers for that version. */
  boolean isFor(@Nullable VersionBinding other) {
    return binding == other;
  }

  /** The open batches, oldest first. */
  List<Batch> open() {
    return open;
  }

  /** A batch was sealed: it gathers no more. */
  void sealed(Batch batch) {
    open.remove(batch);
  }

  /** A batch was computed: nobody reads its inputs any more. */
  void finished(Batch batch) {
    spares.push(batch.inputs());
  }
}

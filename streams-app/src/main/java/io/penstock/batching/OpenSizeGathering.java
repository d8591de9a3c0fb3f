package io.penstock.batching;

import io.penstock.batching.shape.RowShape;
import io.penstock.batching.shape.RowShapes;
import io.penstock.codec.DeadLetterReason;
import io.penstock.codec.InputRecord;
import io.penstock.codec.UndecodableRecordException;
import io.penstock.model.Lease;
import io.penstock.model.Rows;
import io.penstock.model.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The open batches of a version whose rows have open dimensions, oldest first. Each record is
 * decoded aside and joins the batch that its shape may share; where there is none, it opens one.
 */
final class OpenSizeGathering implements Gathering {

  /** Shapes that gather side by side; one more, and the oldest batch goes as it is. */
  static final int MAX_OPEN_SHAPES = 16;

  private final VersionBinding binding;
  private final Site site;
  private final RowReader reader;
  private final RowShapes shapes;
  private final List<RaggedBatch> open = new ArrayList<>();
  private final Spares singles;
  private final Spares laidOut;

  OpenSizeGathering(VersionBinding binding, Site site) {
    List<TensorSpec> inputs = binding.signature().inputs();
    this.binding = binding;
    this.site = site;
    this.reader = binding.newReader();
    this.shapes = binding.rowShapes();
    this.singles = new Spares(() -> Rows.of(inputs, 1), site.limits().maxBytes());
    this.laidOut = new Spares(() -> Rows.of(inputs), site.limits().maxInFlightBytes());
  }

  @Override
  public Batcher.@Nullable Row add(InputRecord record) {
    reader.prepare(record);
    Rows single = singles.take();
    Batcher.@Nullable Row row = null;
    try {
      byte[] copied = reader.read(record, single, 0);
      row = join(single, record.value().length, copied);
    } finally {
      if (row == null) {
        singles.give(single);
      }
    }
    return row;
  }

  private Batcher.@Nullable Row join(Rows single, int valueBytes, byte[] copied) {
    RowShape shape = shapeOf(single);
    RaggedBatch batch = batchFor(single, shape);
    if (batch == null) {
      return null;
    }
    Batcher.Row row = batch.take(single, shape, valueBytes, copied);
    SealReason full = batch.fullBy();
    if (full != null) {
      seal(batch, full);
    } else if (open.size() > MAX_OPEN_SHAPES) {
      seal(open.get(0), SealReason.SHAPES);
    }
    return row;
  }

  /** The row's shape in a batch, which has to have room for it at the least size that is run. */
  private RowShape shapeOf(Rows single) {
    int size = binding.sizes().padded(1);
    long maxBytes = site.limits().maxBytes() / size;
    RowShape shape = shapes.of(single, maxBytes);
    if (size > 1 && shapes.bytes(shape) > maxBytes) {
      throw new UndecodableRecordException(
          DeadLetterReason.SHAPE_MISMATCH,
          "the record's inputs have %d bytes, in each row of a batch that is padded to %d rows (expected: at most %d bytes together, by batch.bytes): raise batch.bytes, or allow smaller sizes"
              .formatted(shapes.bytes(shape), size, site.limits().maxBytes()));
    }
    return shape;
  }

  private @Nullable RaggedBatch batchFor(Rows single, RowShape shape) {
    for (RaggedBatch batch : open) {
      if (batch.suits(shape)) {
        SealReason full = batch.fullFor(single, shape);
        if (full == null) {
          return batch;
        }
        seal(batch, full);
        break;
      }
    }
    return openBatch(shape);
  }

  private @Nullable RaggedBatch openBatch(RowShape shape) {
    Optional<Lease> lease = binding.acquire();
    if (lease.isEmpty()) {
      return null;
    }
    Batch batch = new Batch(binding, lease.get(), shape, site.inFlight(), site.clock().getAsLong());
    RaggedBatch ragged = new RaggedBatch(batch, shapes, shape, site.limits());
    open.add(ragged);
    return ragged;
  }

  private void seal(RaggedBatch batch, SealReason reason) {
    Rows columns = laidOut.take();
    batch.layOut(columns, singles);
    open.remove(batch);
    site.sealer().seal(batch.batch(), columns, reason);
  }

  @Override
  public void sealIf(Predicate<Batch> due, SealReason reason) {
    for (RaggedBatch batch : List.copyOf(open)) {
      if (due.test(batch.batch())) {
        seal(batch, reason);
      }
    }
  }

  @Override
  public long oldestNanos() {
    long oldest = Long.MAX_VALUE;
    for (RaggedBatch batch : open) {
      oldest = Math.min(oldest, batch.batch().openedNanos());
    }
    return oldest;
  }

  @Override
  public boolean isEmpty() {
    return open.isEmpty();
  }

  @Override
  public void recycle(Rows inputs) {
    laidOut.give(inputs);
  }

  @Override
  public void abandon() {
    open.forEach(batch -> batch.batch().discard());
    open.clear();
  }
}

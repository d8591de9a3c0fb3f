package io.penstock.batching;

import io.penstock.codec.InputRecord;
import io.penstock.model.DType;
import io.penstock.model.Lease;
import io.penstock.model.Rows;
import io.penstock.model.TensorSpec;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The one open batch of a version whose rows are of fixed size: records are decoded straight into
 * its columns. Strings have no fixed size and are counted one by one.
 */
final class FixedSizeGathering implements Gathering {

  /**
   * A batch that has no more than this part of the rows it has room for leaves in columns of its
   * own size: many small ones may be on their way at once.
   */
  private static final int FEW = 4;

  private final VersionBinding binding;
  private final Site site;
  private final RowReader reader;
  private final List<TensorSpec> inputs;
  private final int capacityRows;
  private final boolean hasStrings;
  private final long numericRowBytes;
  private final Spares spares;
  private @Nullable Rows columns;
  private @Nullable Batch open;
  private long openBytes;

  FixedSizeGathering(VersionBinding binding, Site site) {
    BatchLimits limits = site.limits();
    this.inputs = binding.signature().inputs();
    this.binding = binding;
    this.site = site;
    this.reader = binding.newReader();
    this.hasStrings = inputs.stream().anyMatch(input -> input.dtype() == DType.STRING);
    this.numericRowBytes = Rows.of(inputs, 1).valueBytes(0);
    this.capacityRows =
        binding
            .sizes()
            .mostRows(limits.maxRows(), limits.maxBytes() / Math.max(1, numericRowBytes));
    this.spares = new Spares(() -> Rows.of(inputs, capacityRows), limits.maxInFlightBytes());
  }

  @Override
  public Batcher.@Nullable Row add(InputRecord record) {
    reader.prepare(record);
    if (columns == null) {
      columns = spares.take();
    }
    Rows into = columns;
    int row = open == null ? 0 : open.rows();
    byte[] copied = reader.read(record, into, row);
    long rowBytes = hasStrings ? into.valueBytes(row) : numericRowBytes;
    if (open != null && openBytes + rowBytes > site.limits().maxBytes()) {
      sealWithout(open, into);
    }
    Batch batch = open == null ? openBatch() : open;
    if (batch == null) {
      return null;
    }
    openBytes += rowBytes;
    int index = batch.take(record.value().length, copied, openBytes);
    if (batch.rows() >= site.limits().targetRows()) {
      seal(batch, SealReason.ROWS);
    } else if (batch.rows() >= capacityRows) {
      seal(batch, SealReason.BYTES);
    }
    return new Batcher.Row(batch, index);
  }

  /** Seals a batch without the row behind its last, which becomes the first of the next batch. */
  private void sealWithout(Batch batch, Rows from) {
    Rows next = spares.take();
    from.copyRow(batch.rows(), next, 0);
    seal(batch, SealReason.BYTES);
    columns = next;
  }

  private @Nullable Batch openBatch() {
    Optional<Lease> lease = binding.acquire();
    if (lease.isEmpty()) {
      return null;
    }
    openBytes = 0;
    open = new Batch(binding, lease.get(), null, site.inFlight(), site.clock().getAsLong());
    return open;
  }

  private void seal(Batch batch, SealReason reason) {
    Rows gathered = columns;
    if (gathered == null) {
      throw new IllegalStateException("an open batch has no columns");
    }
    if (batch.rows() <= capacityRows / FEW) {
      Rows fitting = Rows.of(inputs, batch.rows());
      for (int row = 0; row < batch.rows(); row++) {
        gathered.copyRow(row, fitting, row);
      }
      open = null;
      site.sealer().seal(batch, fitting, reason);
    } else {
      open = null;
      columns = null;
      site.sealer().seal(batch, gathered, reason);
    }
  }

  @Override
  public void sealIf(Predicate<Batch> due, SealReason reason) {
    if (open != null && due.test(open)) {
      seal(open, reason);
    }
  }

  @Override
  public long oldestNanos() {
    return open == null ? Long.MAX_VALUE : open.openedNanos();
  }

  @Override
  public boolean isEmpty() {
    return open == null;
  }

  @Override
  public void recycle(Rows computed) {
    if (computed.capacityRows() >= capacityRows) {
      spares.give(computed);
    }
  }

  @Override
  public void abandon() {
    if (open != null) {
      open.discard();
      open = null;
    }
  }
}

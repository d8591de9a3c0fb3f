package io.penstock.batching;

import io.penstock.codec.RecordDecoder;
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

  private final VersionBinding binding;
  private final Site site;
  private final RecordDecoder decoder;
  private final int capacityRows;
  private final boolean hasStrings;
  private final long numericRowBytes;
  private final Spares spares;
  private @Nullable Rows columns;
  private @Nullable Batch open;
  private long openBytes;

  FixedSizeGathering(VersionBinding binding, Site site) {
    List<TensorSpec> inputs = binding.signature().inputs();
    BatchLimits limits = site.limits();
    this.binding = binding;
    this.site = site;
    this.decoder = binding.newDecoder();
    this.hasStrings = inputs.stream().anyMatch(input -> input.dtype() == DType.STRING);
    this.numericRowBytes = Rows.of(inputs, 1).valueBytes(0);
    this.capacityRows =
        (int)
            Math.min(
                limits.maxRows(), Math.max(1, limits.maxBytes() / Math.max(1, numericRowBytes)));
    this.spares = new Spares(() -> Rows.of(inputs, capacityRows), limits.maxInFlightBytes());
  }

  @Override
  public Batcher.@Nullable Row add(byte[] value) {
    decoder.prepare(value);
    if (columns == null) {
      columns = spares.take();
    }
    Rows into = columns;
    int row = open == null ? 0 : open.rows();
    decoder.decode(value, into, row);
    long rowBytes = hasStrings ? into.valueBytes(row) : numericRowBytes;
    if (open != null && openBytes + rowBytes > site.limits().maxBytes()) {
      sealWithout(open, into);
    }
    Batch batch = open == null ? openBatch() : open;
    if (batch == null) {
      return null;
    }
    openBytes += rowBytes;
    int index = batch.take(value.length, openBytes);
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
    Rows inputs = columns;
    if (inputs == null) {
      throw new IllegalStateException("an open batch has no columns");
    }
    open = null;
    columns = null;
    site.sealer().seal(batch, inputs, reason);
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
  public void recycle(Rows inputs) {
    spares.give(inputs);
  }

  @Override
  public void abandon() {
    if (open != null) {
      open.discard();
      open = null;
    }
  }
}

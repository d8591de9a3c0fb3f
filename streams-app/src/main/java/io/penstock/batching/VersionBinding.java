package io.penstock.batching;

import io.penstock.batching.shape.RowShapes;
import io.penstock.batching.shape.VariableLengths;
import io.penstock.codec.FieldCopier;
import io.penstock.codec.InputFormat;
import io.penstock.codec.PredictionEncoder;
import io.penstock.model.BatchSizes;
import io.penstock.model.Lease;
import io.penstock.model.ModelSignature;
import io.penstock.model.Rows;
import io.penstock.model.ServableId;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A model version made ready for one pipeline: its signature, how records become its rows, how its
 * outputs become predictions. Thread-safe; compared by identity, so that a version bound anew gets
 * batches of its own.
 */
public final class VersionBinding {

  private final ServableId id;
  private final Inference.Terms terms;
  private final long epoch;
  private final String fingerprint;
  private final ModelSignature signature;
  private final BatchSizes sizes;
  private final InputFormat inputFormat;
  private final PredictionEncoder encoder;
  private final RowShapes rowShapes;
  private final Supplier<Optional<Lease>> leases;
  private final KnownRows knownRows;
  private final BusyTime busyTime = new BusyTime();
  private final BusyTime searchTime = new BusyTime();
  private final AtomicReference<@Nullable VersionQuarantinedException> quarantine;

  /** A version that does not serve yet, without padding. */
  public VersionBinding(
      ServableId id,
      Inference.Terms terms,
      String fingerprint,
      ModelSignature signature,
      InputFormat inputFormat,
      PredictionEncoder encoder,
      Supplier<Optional<Lease>> leases) {
    this(id, terms, fingerprint, signature, inputFormat, VariableLengths.NONE, encoder, leases);
  }

  /**
   * A version that does not serve yet.
   *
   * @param terms of the pipeline that it is ready for
   * @param leases gives a lease on the version, or nothing once it has retired
   * @throws io.penstock.codec.MappingException if padding or cost do not fit the signature
   */
  public VersionBinding(
      ServableId id,
      Inference.Terms terms,
      String fingerprint,
      ModelSignature signature,
      InputFormat inputFormat,
      VariableLengths lengths,
      PredictionEncoder encoder,
      Supplier<Optional<Lease>> leases) {
    this(
        id,
        terms,
        0,
        fingerprint,
        signature,
        inputFormat,
        lengths.bind(terms.pipeline(), signature),
        encoder,
        leases,
        new KnownRows(signature),
        new AtomicReference<>());
  }

  private VersionBinding(
      ServableId id,
      Inference.Terms terms,
      long epoch,
      String fingerprint,
      ModelSignature signature,
      InputFormat inputFormat,
      RowShapes rowShapes,
      PredictionEncoder encoder,
      Supplier<Optional<Lease>> leases,
      KnownRows knownRows,
      AtomicReference<@Nullable VersionQuarantinedException> quarantine) {
    this.id = id;
    this.terms = terms;
    this.epoch = epoch;
    this.fingerprint = fingerprint;
    this.signature = signature;
    this.sizes = terms.sizes().of(signature);
    this.inputFormat = inputFormat;
    this.rowShapes = rowShapes;
    this.encoder = encoder;
    this.leases = leases;
    this.knownRows = knownRows;
    this.quarantine = quarantine;
  }

  /** The same, as it serves from that decision on. */
  public VersionBinding in(long newEpoch) {
    return new VersionBinding(
        id,
        terms,
        newEpoch,
        fingerprint,
        signature,
        inputFormat,
        rowShapes,
        encoder,
        leases,
        knownRows,
        quarantine);
  }

  /** The epoch of the decision that it serves by; 0 before there is one. */
  public long epoch() {
    return epoch;
  }

  /** Model and version. */
  public ServableId id() {
    return id;
  }

  /** Identifies the model's bytes. */
  public String fingerprint() {
    return fingerprint;
  }

  /** What its pipeline asks of the inference threads. */
  public Inference.Terms terms() {
    return terms;
  }

  /** The sizes that its batches may be run at: the pipeline's, or the model's only one. */
  public BatchSizes sizes() {
    return sizes;
  }

  /**
   * Whether so many rows may be one batch.
   *
   * @param like rows of their shape
   * @param bytes of their columns together, without padding
   */
  public boolean mayRunTogether(Rows like, int rows, long bytes) {
    int size = sizes.padded(rows);
    return rows <= Math.min(sizes.max(), terms.plan().target().rows())
        && (size == sizes.padded(1)
            || (bytes / rows <= terms.maxBytes() / size && !rowShapes.costsTooMuch(like, size)));
  }

  /** Runs it no more: whatever is submitted for it fails with that. The first reason stays. */
  public void quarantine(VersionQuarantinedException why) {
    quarantine.compareAndSet(null, why);
  }

  /** Why it is not run any more; null while it is. */
  public @Nullable VersionQuarantinedException quarantine() {
    return quarantine.get();
  }

  /** A run of it is on its way, by a monotonic clock. */
  public void runBegan(long nowNanos) {
    busyTime.began(nowNanos);
  }

  /** That run has come to its end. */
  public void runEnded(long nowNanos) {
    busyTime.ended(nowNanos);
  }

  /** For how long any run of it has been on its way until now, all in all. */
  public long busyNanos(long nowNanos) {
    return busyTime.nanos(nowNanos);
  }

  /** A search for bad rows is on its way, by a monotonic clock. */
  public void searchBegan(long nowNanos) {
    searchTime.began(nowNanos);
  }

  /** That search has come to its end. */
  public void searchEnded(long nowNanos) {
    searchTime.ended(nowNanos);
  }

  /** For how long any search has been on its way until now, all in all. */
  public long searchNanos(long nowNanos) {
    return searchTime.nanos(nowNanos);
  }

  /** What is known of its rows by now. */
  public KnownRows knownRows() {
    return knownRows;
  }

  /** The signature that is run. */
  public ModelSignature signature() {
    return signature;
  }

  /** Turns a row of outputs into a prediction. */
  public PredictionEncoder encoder() {
    return encoder;
  }

  RowShapes rowShapes() {
    return rowShapes;
  }

  RowReader newReader() {
    return new RowReader(inputFormat.decoder(signature), newCopier());
  }

  /** Copies fields of records for their predictions; nothing where these hold none. */
  private FieldCopier newCopier() {
    return encoder
        .copyTarget()
        .filter(target -> !target.fields().isEmpty())
        .map(inputFormat::copier)
        .orElse(record -> FieldCopier.NOTHING);
  }

  Optional<Lease> acquire() {
    return leases.get();
  }

  @Override
  public String toString() {
    return id + " (" + fingerprint + ")";
  }
}

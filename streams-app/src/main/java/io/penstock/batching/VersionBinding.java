package io.penstock.batching;

import io.penstock.batching.shape.RowShapes;
import io.penstock.batching.shape.VariableLengths;
import io.penstock.codec.InputFormat;
import io.penstock.codec.PredictionEncoder;
import io.penstock.codec.RecordDecoder;
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
   * @param bytes of their columns together
   */
  public boolean mayRunTogether(Rows like, int rows, long bytes) {
    return rows <= Math.min(sizes.max(), terms.plan().target().rows())
        && bytes <= terms.maxBytes()
        && !rowShapes.costsTooMuch(like, rows);
  }

  /** Runs it no more: whatever is submitted for it fails with that. The first reason stays. */
  public void quarantine(VersionQuarantinedException why) {
    quarantine.compareAndSet(null, why);
  }

  /** Why it is not run any more; null while it is. */
  public @Nullable VersionQuarantinedException quarantine() {
    return quarantine.get();
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

  RecordDecoder newDecoder() {
    return inputFormat.decoder(signature);
  }

  Optional<Lease> acquire() {
    return leases.get();
  }

  @Override
  public String toString() {
    return id + " (" + fingerprint + ")";
  }
}

package io.penstock.batching;

import io.penstock.batching.shape.RowShapes;
import io.penstock.batching.shape.VariableLengths;
import io.penstock.codec.InputFormat;
import io.penstock.codec.PredictionEncoder;
import io.penstock.codec.RecordDecoder;
import io.penstock.model.Lease;
import io.penstock.model.ModelSignature;
import io.penstock.model.ServableId;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A model version made ready for one pipeline: its signature, how records become its rows, how its
 * outputs become predictions. Thread-safe; compared by identity, so that a version bound anew gets
 * batches of its own.
 */
public final class VersionBinding {

  private final ServableId id;
  private final long epoch;
  private final String fingerprint;
  private final ModelSignature signature;
  private final InputFormat inputFormat;
  private final PredictionEncoder encoder;
  private final RowShapes rowShapes;
  private final Supplier<Optional<Lease>> leases;

  /** A version that does not serve yet, without padding. */
  public VersionBinding(
      ServableId id,
      String fingerprint,
      ModelSignature signature,
      InputFormat inputFormat,
      PredictionEncoder encoder,
      Supplier<Optional<Lease>> leases) {
    this(id, fingerprint, signature, inputFormat, VariableLengths.NONE, encoder, leases);
  }

  /**
   * A version that does not serve yet.
   *
   * @param leases gives a lease on the version, or nothing once it has retired
   * @throws io.penstock.codec.MappingException if padding or cost do not fit the signature
   */
  public VersionBinding(
      ServableId id,
      String fingerprint,
      ModelSignature signature,
      InputFormat inputFormat,
      VariableLengths lengths,
      PredictionEncoder encoder,
      Supplier<Optional<Lease>> leases) {
    this(id, 0, fingerprint, signature, inputFormat, lengths.bind(signature), encoder, leases);
  }

  private VersionBinding(
      ServableId id,
      long epoch,
      String fingerprint,
      ModelSignature signature,
      InputFormat inputFormat,
      RowShapes rowShapes,
      PredictionEncoder encoder,
      Supplier<Optional<Lease>> leases) {
    this.id = id;
    this.epoch = epoch;
    this.fingerprint = fingerprint;
    this.signature = signature;
    this.inputFormat = inputFormat;
    this.rowShapes = rowShapes;
    this.encoder = encoder;
    this.leases = leases;
  }

  /** The same, as it serves from that decision on. */
  public VersionBinding in(long newEpoch) {
    return new VersionBinding(
        id, newEpoch, fingerprint, signature, inputFormat, rowShapes, encoder, leases);
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

package io.penstock.codec;

import io.penstock.model.Rows;
import java.util.Optional;

/** Encodes rows of a version's outputs. Thread-safe: inference threads share it. */
public interface PredictionEncoder {

  /**
   * The value of the prediction for that row.
   *
   * @throws UndecodableRecordException with {@link DeadLetterReason#UNENCODABLE} if the outputs
   *     cannot be written, naming the output
   */
  byte[] encode(Rows outputs, int row);

  /**
   * The value of the prediction for that row, with fields of its record.
   *
   * @param copied what a {@link FieldCopier} for {@link #copyTarget} made of the record
   */
  default byte[] encode(Rows outputs, int row, byte[] copied) {
    return encode(outputs, row);
  }

  /** How predictions take fields of their records; empty where they take none. */
  default Optional<CopyTarget> copyTarget() {
    return Optional.empty();
  }
}

package io.penstock.codec;

import io.penstock.model.Rows;

/** Encodes rows of a version's outputs. Thread-safe: inference threads share it. */
public interface PredictionEncoder {

  /**
   * The value of the prediction for that row.
   *
   * @throws UndecodableRecordException with {@link DeadLetterReason#UNENCODABLE} if the outputs
   *     cannot be written, naming the output
   */
  byte[] encode(Rows outputs, int row);
}

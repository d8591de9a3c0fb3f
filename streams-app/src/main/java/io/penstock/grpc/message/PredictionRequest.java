package io.penstock.grpc.message;

import io.penstock.codec.UndecodableRecordException;
import io.penstock.requests.Answer;
import io.penstock.requests.ModelSpec;
import io.penstock.requests.RefusedRequestException;
import io.penstock.requests.RequestDoor;
import java.util.function.Supplier;

/**
 * A request for predictions that came as a message, and knows how it is answered. Used by one
 * thread after the other.
 */
public interface PredictionRequest extends RequestDoor.Decoder {

  /** Makes a request of a message's bytes. */
  @FunctionalInterface
  interface Reading {

    /**
     * Reads as far as that can be done without a signature.
     *
     * @throws RefusedRequestException if it is malformed or names no model
     */
    PredictionRequest read(byte[] message);
  }

  /** A {@code PredictRequest}. */
  static PredictionRequest predict(byte[] message) {
    return wellFormed(() -> new PredictMessage(message));
  }

  /** A {@code ClassificationRequest}. */
  static PredictionRequest classify(byte[] message) {
    return wellFormed(() -> new ExamplesMessage(message, ExamplesMessage::classifications));
  }

  /** A {@code RegressionRequest}. */
  static PredictionRequest regress(byte[] message) {
    return wellFormed(() -> new ExamplesMessage(message, ExamplesMessage::regressions));
  }

  /** The model, its version and the signature that it means. */
  ModelSpec spec();

  /**
   * The response.
   *
   * @throws RefusedRequestException if it cannot be written, or there is no room for it
   */
  byte[] write(Answer answer);

  /** What is read; a message that is no such is its sender's fault. */
  static <T> T wellFormed(Supplier<T> reading) {
    try {
      return reading.get();
    } catch (UndecodableRecordException e) {
      throw RefusedRequestException.invalid(String.valueOf(e.getMessage()));
    }
  }
}

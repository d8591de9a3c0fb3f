package io.penstock.pipeline;

import org.apache.kafka.streams.errors.StreamsException;

/** A version failed a batch through no fault of its records. */
public final class ModelFailedException extends StreamsException {

  private static final long serialVersionUID = 1L;

  ModelFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}

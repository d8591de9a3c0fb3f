package io.penstock.pipeline;

import org.apache.kafka.streams.errors.StreamsException;

/** Inference took longer than a commit can wait. */
public final class ModelUnresponsiveException extends StreamsException {

  private static final long serialVersionUID = 1L;

  ModelUnresponsiveException(String message) {
    super(message);
  }
}

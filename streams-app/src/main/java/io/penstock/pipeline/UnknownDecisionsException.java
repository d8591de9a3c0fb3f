package io.penstock.pipeline;

import org.apache.kafka.streams.errors.StreamsException;

/**
 * What the fleet serves is not known any more: records that were taken by what was known are given
 * back, to be read again once it is known.
 */
public final class UnknownDecisionsException extends StreamsException {

  private static final long serialVersionUID = 1L;

  UnknownDecisionsException(String message) {
    super(message);
  }
}

package io.penstock.streams;

import org.apache.kafka.common.KafkaException;

/**
 * The offset to read next is not in the input topic any more (or not yet): going on would skip
 * records without a word, so the pipeline halts.
 */
public final class InputLostException extends KafkaException {

  private static final long serialVersionUID = 1L;

  InputLostException(String message, Throwable cause) {
    super(message, cause);
  }
}

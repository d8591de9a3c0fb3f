package io.penstock.streams;

import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * The offset to read next is not in the input topic any more (or not yet), or is of another topic
 * that had its name: going on would skip records without a word, so the pipeline halts.
 */
public final class InputLostException extends KafkaException {

  private static final long serialVersionUID = 1L;

  InputLostException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

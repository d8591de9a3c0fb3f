package io.penstock.check.topic;

/** A Kafka cluster cannot be reached or refuses; the message says what to look at. */
public final class ClusterException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  ClusterException(String message, Throwable cause) {
    super(message, cause);
  }
}

package io.penstock.control.message;

/** Where and why a tree does not fit a schema. Becomes {@link Decoded.Garbage}. */
final class MalformedMessageException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  MalformedMessageException(String message) {
    super(message, null, false, false);
  }
}

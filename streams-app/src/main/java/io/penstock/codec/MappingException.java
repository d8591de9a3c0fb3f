package io.penstock.codec;

/** Fields and a signature do not fit each other; the configuration or the model must change. */
public final class MappingException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public MappingException(String message) {
    super(message);
  }
}

package io.penstock.control.client;

/** No broker answers, or none that lets this client work; the message names it. */
public final class UnreachableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  UnreachableException(String message, Throwable cause) {
    super(message, cause);
  }
}

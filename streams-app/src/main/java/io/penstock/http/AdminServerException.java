package io.penstock.http;

/** The admin server cannot start; whoever configured {@code http} must act. */
public final class AdminServerException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  AdminServerException(String message, Throwable cause) {
    super(message, cause);
  }
}

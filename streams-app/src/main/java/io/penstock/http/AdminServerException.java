package io.penstock.http;

/** A server cannot start; whoever configured {@code http} or {@code requests} must act. */
public final class AdminServerException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** What is wrong, and what to do. */
  public AdminServerException(String message, Throwable cause) {
    super(message, cause);
  }
}

package io.penstock.demo;

/** The demo cannot go on. The message says what happened, over several lines where a log helps. */
final class DemoException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  DemoException(String message) {
    super(message);
  }

  DemoException(String message, Throwable cause) {
    super(message, cause);
  }
}

package io.penstock.registry;

import org.jspecify.annotations.Nullable;

/** The registry refused, could not be reached, or holds what Penstock cannot use. */
public final class RegistryException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int status;

  /**
   * Status is the HTTP answer's: 0 stands for "no answer", 200 for an answer that cannot be used.
   */
  public RegistryException(int status, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.status = status;
  }

  /** The HTTP answer's status, as given to the constructor. */
  int status() {
    return status;
  }

  /** Whether the registry said that it does not have what was asked for (HTTP 404). */
  public boolean isNotFound() {
    return status == 404;
  }

  /**
   * Whether the registry has what was asked for, but not as an Avro schema that parses. Trying
   * again does not help, and the registry is not down.
   */
  public boolean isUnusable() {
    return status == 200;
  }

  /** Whether trying again may help: no answer, or HTTP 408, 429 or 5xx. */
  public boolean isRetriable() {
    return status == 0 || status == 408 || status == 429 || status >= 500;
  }
}

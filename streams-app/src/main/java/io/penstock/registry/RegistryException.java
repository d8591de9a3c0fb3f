package io.penstock.registry;

import org.jspecify.annotations.Nullable;

/** The registry refused, or could not be reached. */
public final class RegistryException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int status;

  /** Status 0 stands for "no answer". */
  public RegistryException(int status, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.status = status;
  }

  /** Whether the registry said that it does not have what was asked for (HTTP 404). */
  public boolean isNotFound() {
    return status == 404;
  }

  /** Whether trying again may help: no answer, or HTTP 408, 429 or 5xx. */
  public boolean isRetriable() {
    return status == 0 || status == 408 || status == 429 || status >= 500;
  }
}

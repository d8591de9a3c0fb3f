package io.penstock.batching;

import io.penstock.model.ModelException;

/**
 * A version is not run any more for a pipeline: a run of it hangs, or it refuses everything. Trying
 * again cannot help; another version, or somebody, has to.
 */
public final class VersionQuarantinedException extends ModelException {

  private static final long serialVersionUID = 1L;

  public VersionQuarantinedException(String message) {
    super(message);
  }

  public VersionQuarantinedException(String message, Throwable cause) {
    super(message, cause);
  }
}

package io.penstock.model;

/** One batch failed to run. Whether data or model is to blame takes another run to tell. */
public final class ModelRunException extends ModelException {

  private static final long serialVersionUID = 1L;

  public ModelRunException(String message) {
    super(message);
  }

  public ModelRunException(String message, Throwable cause) {
    super(message, cause);
  }
}

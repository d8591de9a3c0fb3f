package io.penstock.model;

/** One batch failed to run. Whether data or model is to blame takes another run to tell. */
public final class ModelRunException extends ModelException {

  private static final long serialVersionUID = 1L;

  private final boolean inputRejected;

  public ModelRunException(String message) {
    super(message);
    this.inputRejected = false;
  }

  public ModelRunException(String message, Throwable cause) {
    this(message, cause, false);
  }

  /** With TensorFlow's own hint: see {@link #isInputRejected}. */
  public ModelRunException(String message, Throwable cause, boolean inputRejected) {
    super(message, cause);
    this.inputRejected = inputRejected;
  }

  /**
   * Whether TensorFlow itself blames the input's values ({@code INVALID_ARGUMENT}), rather than
   * memory, variables or the machine.
   */
  public boolean isInputRejected() {
    return inputRejected;
  }
}

package io.penstock.model;

/** One batch failed to run. Whether data or model is to blame takes another run to tell. */
public final class ModelRunException extends ModelException {

  private static final long serialVersionUID = 1L;

  private final Blame blame;

  /** Whom TensorFlow's status code blames. A hint: only another run shows whether it is right. */
  public enum Blame {
    /** The input's values ({@code INVALID_ARGUMENT}). */
    INPUT,
    /** Too little memory for a batch of that size ({@code RESOURCE_EXHAUSTED}). */
    MEMORY,
    /** Anything else: variables, the graph, the machine. */
    MODEL
  }

  public ModelRunException(String message) {
    super(message);
    this.blame = Blame.MODEL;
  }

  public ModelRunException(String message, Throwable cause) {
    this(message, cause, Blame.MODEL);
  }

  public ModelRunException(String message, Throwable cause, Blame blame) {
    super(message, cause);
    this.blame = blame;
  }

  /** What follows from this for the version: retriable where memory was short. */
  public ModelException explained(String message) {
    return blame == Blame.MEMORY
        ? new RetriableModelException(message, this)
        : new ModelException(message, this);
  }

  /** Whom TensorFlow itself blames. */
  public Blame blame() {
    return blame;
  }
}

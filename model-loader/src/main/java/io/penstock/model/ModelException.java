package io.penstock.model;

/**
 * A model cannot do what is asked of it; whoever made or placed the model must act, unless it is a
 * {@link RetriableModelException}.
 */
public class ModelException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public ModelException(String message) {
    super(message);
  }

  public ModelException(String message, Throwable cause) {
    super(message, cause);
  }
}

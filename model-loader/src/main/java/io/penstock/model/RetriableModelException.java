package io.penstock.model;

/**
 * A model cannot do what is asked of it now, and may well in a moment: a volume does not answer,
 * files change, memory is taken by another version. Nobody need act; whoever asked tries again.
 */
public class RetriableModelException extends ModelException {

  private static final long serialVersionUID = 1L;

  public RetriableModelException(String message) {
    super(message);
  }

  public RetriableModelException(String message, Throwable cause) {
    super(message, cause);
  }
}

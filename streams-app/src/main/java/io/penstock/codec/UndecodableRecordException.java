package io.penstock.codec;

/**
 * A record that cannot become a row, or whose outputs cannot become a prediction, through its own
 * fault. It becomes a dead letter; its neighbours are untouched. Carries no stack trace: it is an
 * outcome, not an accident.
 */
public final class UndecodableRecordException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final DeadLetterReason reason;

  public UndecodableRecordException(DeadLetterReason reason, String message) {
    super(message, null, false, false);
    this.reason = reason;
  }

  /** Why, as a code. */
  public DeadLetterReason reason() {
    return reason;
  }
}

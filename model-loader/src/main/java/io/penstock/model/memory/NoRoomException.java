package io.penstock.model.memory;

import io.penstock.model.RetriableModelException;
import java.util.concurrent.CompletionStage;

/** A version does not fit into native memory now. */
public final class NoRoomException extends RetriableModelException {

  private static final long serialVersionUID = 1L;

  private final transient CompletionStage<Void> givenBack;
  private final boolean comes;

  NoRoomException(String message, CompletionStage<Void> givenBack, boolean comes) {
    super(message);
    this.givenBack = givenBack;
    this.comes = comes;
  }

  /**
   * Whether enough is certain to come back for it: versions that take that much are being closed.
   */
  public boolean isRoomOnItsWay() {
    return comes;
  }

  /**
   * Completes when any memory has been given back, on the thread that does: another try is worth
   * while.
   */
  public CompletionStage<Void> givenBack() {
    return givenBack;
  }
}

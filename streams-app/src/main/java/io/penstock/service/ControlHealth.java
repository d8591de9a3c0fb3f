package io.penstock.service;

import io.penstock.http.HealthReport;

/**
 * How this instance's part in the control plane stands.
 *
 * <pre>
 *   STARTING ──▶ FOLLOWING ──▶ STOPPED
 *      └────────────┴──▶ FAILED
 * </pre>
 *
 * <p>The first failure stays: what follows from it says less. Thread-safe.
 */
final class ControlHealth {

  private enum State {
    STARTING,
    FOLLOWING,
    FAILED,
    STOPPED
  }

  private State state = State.STARTING;
  private String detail = "";

  /** What the fleet has decided so far is known. */
  void following() {
    next(State.FOLLOWING, "");
  }

  /** It has ended for good, through no order. */
  void failed(Throwable cause) {
    next(State.FAILED, cause.getMessage() == null ? cause.toString() : cause.getMessage());
  }

  /** It is being stopped. */
  void stopped() {
    next(State.STOPPED, "");
  }

  synchronized HealthReport.ControlPlane report() {
    return new HealthReport.ControlPlane(state == State.FOLLOWING, state.name(), detail);
  }

  private synchronized void next(State next, String why) {
    if (state != State.FAILED && state != State.STOPPED) {
      state = next;
      detail = why;
    }
  }
}

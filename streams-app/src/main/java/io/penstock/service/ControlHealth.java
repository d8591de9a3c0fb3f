package io.penstock.service;

import io.penstock.config.load.ConfigurationException;
import io.penstock.control.kafka.ControlPlane;
import io.penstock.control.kafka.ControlPlaneException;
import io.penstock.http.HealthReport;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How this instance's part in the control plane stands.
 *
 * <pre>
 *   STARTING ──▶ FOLLOWING ◀──▶ STALE
 *      └────────────┴─────────────┴──▶ FAILED, STOPPED
 * </pre>
 *
 * <p>It is also FAILED as long as access is denied to a part of it. Of the failures from which it
 * does not come back the first one stays: what follows from it says less. Thread-safe.
 */
final class ControlHealth implements ControlPlane.Listener {

  private static final Logger log = LoggerFactory.getLogger(ControlHealth.class);

  private enum State {
    STARTING,
    FOLLOWING,
    STALE,
    FAILED,
    STOPPED
  }

  private State state = State.STARTING;
  private String detail = "";

  /** By the part to which access is denied, why. */
  private final SortedMap<String, String> denied = new TreeMap<>();

  /** The names of all states. */
  static List<String> states() {
    return Stream.of(State.values()).map(State::name).toList();
  }

  /** What the fleet has decided so far is known. */
  void following() {
    next(State.FOLLOWING, "");
  }

  /** What the fleet has decided lately is not known. */
  void stale(String reason) {
    next(State.STALE, reason);
  }

  /** It has ended for good, through no order. */
  @Override
  public void failed(Throwable cause) {
    next(State.FAILED, message(cause));
    String event = "the control plane has stopped; what was decided last stands reason={}";
    if (cause instanceof ControlPlaneException || cause instanceof ConfigurationException) {
      log.error(event, message(cause));
    } else {
      log.error(event, message(cause), cause);
    }
  }

  @Override
  public synchronized void denied(String part, Throwable cause) {
    denied.put(part, message(cause));
  }

  @Override
  public synchronized void admitted(String part) {
    denied.remove(part);
  }

  private static String message(Throwable cause) {
    return cause.getMessage() == null ? cause.toString() : cause.getMessage();
  }

  /** It is being stopped. */
  void stopped() {
    next(State.STOPPED, "");
  }

  synchronized HealthReport.ControlPlane report() {
    boolean ended = state == State.FAILED || state == State.STOPPED;
    return denied.isEmpty() || ended
        ? new HealthReport.ControlPlane(state == State.FOLLOWING, state.name(), detail)
        : new HealthReport.ControlPlane(false, State.FAILED.name(), denials());
  }

  private String denials() {
    return denied.entrySet().stream()
        .map(part -> "access denied to the %s: %s".formatted(part.getKey(), part.getValue()))
        .collect(Collectors.joining("; "));
  }

  private synchronized void next(State next, String why) {
    if (state != State.FAILED && state != State.STOPPED) {
      state = next;
      detail = why;
    }
  }
}

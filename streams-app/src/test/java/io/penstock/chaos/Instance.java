package io.penstock.chaos;

import io.penstock.testkit.Await;
import io.penstock.testkit.ServiceUnderTest;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** One process of a fleet, from its start to its end. Not thread-safe. */
final class Instance {

  /** Longer than the service takes at most, which gives its parts 75 s. */
  private static final long END_SECONDS = 110;

  private static final long LOOK_MILLIS = 500;

  private final String name;
  private final ServiceUnderTest service;
  private boolean ready;
  private boolean frozen;
  private boolean killed;
  private boolean modelBroken;
  private boolean disturbed;
  private long askedToEndNanos;
  private long modelLookNanos = System.nanoTime();
  private boolean gaveUp;

  /**
   * A process that has just been started.
   *
   * @param disturbed whether something around it fails, or has
   */
  Instance(String name, ServiceUnderTest service, boolean disturbed) {
    this.name = name;
    this.service = service;
    this.disturbed = disturbed;
  }

  boolean isAlive() {
    return service.isAlive();
  }

  /** Whether it is, or once was, ready. */
  boolean hasBeenReady() {
    if (!ready && !frozen && service.isAlive()) {
      ready = service.saysReady();
    }
    return ready;
  }

  /** Waits a while for a moment with records in flight, and says how many there are. */
  long inFlight() {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LOOK_MILLIS);
    long inFlight = 0;
    while (inFlight == 0 && isAlive() && !frozen && System.nanoTime() < deadline) {
      inFlight = service.inFlightRecords(PlanRun.PIPELINE);
      Await.pause(inFlight == 0 ? 5 : 0);
    }
    return inFlight;
  }

  void kill() {
    killed = true;
    service.kill();
  }

  void askToEnd() {
    if (askedToEndNanos == 0) {
      askedToEndNanos = System.nanoTime();
      service.askToEnd();
    }
  }

  boolean isAskedToEnd() {
    return askedToEndNanos != 0;
  }

  /**
   * Asks it to end if its version has stopped its pipeline, as an operator without another would.
   */
  void endIfModelFailed() {
    boolean due = System.nanoTime() - modelLookNanos > TimeUnit.MILLISECONDS.toNanos(LOOK_MILLIS);
    if (modelBroken && due && !frozen && isAlive() && !isAskedToEnd()) {
      modelLookNanos = System.nanoTime();
      if (service.state(PlanRun.PIPELINE).equals("MODEL_FAILED")) {
        gaveUp = true;
        askToEnd();
      }
    }
  }

  void freeze() {
    frozen = true;
    disturbed = true;
    service.freeze();
  }

  void thaw() {
    if (frozen) {
      frozen = false;
      service.thaw();
    }
  }

  /** Arms a fault in it, unless it cannot listen. */
  void arm(Fault fault, int extent) {
    disturb();
    modelBroken |= fault.breaksModel();
    if (!frozen && isAlive()) {
      String path =
          switch (fault) {
            case MODEL_HANG -> "hang";
            case MODEL_FAILURE -> "fail-runs";
            case TIMEOUT_IN_PROCESS, TIMEOUT_IN_POLL, TIMEOUT_IN_HOOK ->
                fault.name().toLowerCase(Locale.ROOT).replace("timeout_in_", "time-out-");
            case FAILED_SEND -> "fail-send";
            default -> throw new IllegalArgumentException(fault.toString());
          };
      service.arm("/" + path + "/" + extent);
    }
  }

  /** What was armed and has not struck yet does not. */
  void disarm() {
    if (!frozen && isAlive()) {
      service.arm("/disarm/0");
    }
  }

  /** Something around it fails: its threads may, too. */
  void disturb() {
    disturbed = true;
  }

  /** Whether it was asked to end and takes too long. */
  boolean isOverdue() {
    return isAskedToEnd()
        && isAlive()
        && !frozen
        && System.nanoTime() - askedToEndNanos > TimeUnit.SECONDS.toNanos(END_SECONDS);
  }

  /** What was wrong about its end, after it; nothing if it ended as it should. */
  Optional<String> complaint() {
    if (killed) {
      return Optional.empty();
    }
    int exitCode = service.exitCode();
    boolean mayGiveUp = !ready || modelBroken;
    if (isAskedToEnd() && exitCode == 0) {
      return !disturbed && service.logged("stream thread replaced")
          ? Optional.of(name + " broke a thread although nothing was wrong around it")
          : Optional.empty();
    }
    return mayGiveUp
        ? Optional.empty()
        : Optional.of(
            "%s ended with %d%s:\n%s"
                .formatted(name, exitCode, isAskedToEnd() ? " after SIGTERM" : "", service.log()));
  }

  /** Whether it ended by itself, or could not go on. */
  boolean gaveUp() {
    return gaveUp || (!killed && !isAskedToEnd());
  }

  String log() {
    return name + ":\n" + service.log();
  }

  void close() {
    thaw();
    service.kill();
  }
}

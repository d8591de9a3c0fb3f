package io.penstock.model.lifecycle;

import io.penstock.model.ModelException;
import io.penstock.model.loading.Loaded;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Says in the log what became of loads that brought no version, and what follows: once the process
 * stops, nothing. Thread-safe.
 */
final class LoadLog {

  private final Logger log;
  private final BooleanSupplier stopping;

  LoadLog(Logger log, BooleanSupplier stopping) {
    this.log = log;
    this.stopping = stopping;
  }

  /** There is no room before another version has gone. */
  void postponed(Loaded.Postponed postponed) {
    if (isToGoOn(postponed.reason())) {
      log.info("{} It is loaded as soon as there is room.", postponed.reason().getMessage());
    }
  }

  /** What was loaded is not what was found complete; the reason says what follows. */
  void changed(Loaded.Changed changed) {
    if (isToGoOn(changed.reason())) {
      log.warn("{}", changed.reason().getMessage());
    }
  }

  /** It does not come back, or others do not. */
  void hung(Loaded.Hung hung) {
    if (isToGoOn(hung.reason())) {
      log.error(
          "{} It is tried again once a load has come back, or when somebody asks for it.",
          hung.reason().getMessage());
    }
  }

  /**
   * It has failed. With a stack trace of what a loader should not throw.
   *
   * @param rest how long it rests; empty if it is not tried again by itself
   */
  void failed(Loaded.Failed failed, Optional<Duration> rest) {
    if (!isToGoOn(failed.reason())) {
      return;
    }
    String message = failed.reason().getMessage();
    @Nullable Throwable unexpected = failed.unexpected();
    if (rest.isPresent()) {
      log.warn(
          "{} It is tried again in {} ms, or when somebody asks for it.",
          message,
          rest.get().toMillis(),
          unexpected);
    } else {
      log.error(
          "{} It is tried again when its files change, or when somebody asks for it.",
          message,
          unexpected);
    }
  }

  private boolean isToGoOn(ModelException reason) {
    if (stopping.getAsBoolean()) {
      log.info("{} Nothing more is loaded: this process is stopping.", reason.getMessage());
      return false;
    }
    return true;
  }
}

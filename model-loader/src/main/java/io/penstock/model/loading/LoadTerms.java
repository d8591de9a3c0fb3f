package io.penstock.model.loading;

import io.penstock.model.memory.MemoryLimit;
import io.penstock.model.memory.NativeMemory;
import java.time.Duration;
import java.util.Optional;

/**
 * On what terms a model's versions are loaded.
 *
 * @param slots how many loads of this process run at a time; shared by its models
 * @param memory the native memory of this process; shared by its models
 * @param memoryLimit how much of it the loaded versions of this model may take
 * @param timeout how long a load may take, warm-up included, before it is given up on
 */
public record LoadTerms(
    LoadSlots slots, NativeMemory memory, Optional<MemoryLimit> memoryLimit, Duration timeout) {

  /** Ample for a model of many gigabytes on a slow volume. */
  public static final Duration DEFAULT_TIMEOUT = Duration.ofMinutes(10);

  public LoadTerms {
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException("timeout: " + timeout + " (expected: more than 0)");
    }
  }

  /** One load at a time, and no limits but the default time-out. */
  public static LoadTerms unlimited() {
    return new LoadTerms(
        new LoadSlots(1), new NativeMemory(Optional.empty()), Optional.empty(), DEFAULT_TIMEOUT);
  }
}

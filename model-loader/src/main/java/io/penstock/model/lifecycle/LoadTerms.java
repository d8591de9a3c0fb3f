package io.penstock.model.lifecycle;

import io.penstock.model.memory.MemoryLimit;
import io.penstock.model.memory.NativeMemory;
import java.util.Optional;

/**
 * On what terms a model's versions are loaded.
 *
 * @param slots how many loads of this process run at a time; shared by its models
 * @param memory the native memory of this process; shared by its models
 * @param memoryLimit how much of it the loaded versions of this model may take
 * @param goldenChecksRequired whether a version must come with golden checks
 */
public record LoadTerms(
    LoadSlots slots,
    NativeMemory memory,
    Optional<MemoryLimit> memoryLimit,
    boolean goldenChecksRequired) {

  /** One load at a time, no limits, and golden checks where there are any. */
  public static LoadTerms unlimited() {
    return new LoadTerms(
        new LoadSlots(1), new NativeMemory(Optional.empty()), Optional.empty(), false);
  }
}

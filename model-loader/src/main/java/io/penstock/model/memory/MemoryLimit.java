package io.penstock.model.memory;

/**
 * How much native memory loaded versions may take.
 *
 * @param key what sets it, for messages
 * @param bytes the most that they may take together
 */
public record MemoryLimit(String key, long bytes) {

  public MemoryLimit {
    if (bytes < 1) {
      throw new IllegalArgumentException(key + ": " + bytes + " (expected: 1 or more)");
    }
  }
}

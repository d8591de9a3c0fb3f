package io.penstock.model.memory;

/**
 * What the process has grown by beyond what is booked for versions, and beyond what those have left
 * that are closed: the allocator keeps much of that, and the next load takes it from there. So what
 * a version had taken counts as room once it is closed, as far as the process still has it, until
 * as much has been loaded. Not thread-safe.
 *
 * <p>Readings count while nothing is being loaded, since nobody sees how much of a load is resident
 * already; between them the last one holds.
 */
final class Surplus {

  /**
   * Code, classes, threads and arenas of the allocator stay below that: none of it is a model's.
   */
  static final long LEAST_BYTES = 256L << 20;

  private long reusable;
  private long bytes;

  /**
   * Nothing is being loaded.
   *
   * @param grownBytes what the process has grown by since its first load, beyond the heap
   * @param bookedBytes what is booked for the versions that are loaded
   */
  void read(long grownBytes, long bookedBytes) {
    long beyond = Math.max(0, grownBytes - bookedBytes);
    reusable = Math.min(reusable, beyond);
    bytes = Math.max(0, beyond - reusable - LEAST_BYTES);
  }

  /** A version that takes so much has been loaded. */
  void taken(long versionBytes) {
    reusable = Math.max(0, reusable - versionBytes);
  }

  /** Something that had taken so much was given back to the allocator. */
  void left(long versionBytes) {
    reusable += versionBytes;
  }

  /** What is in use beside what is booked. */
  long bytes() {
    return bytes;
  }
}

package io.penstock.model.memory;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What versions leave behind that are closed, as far as the process's memory shows it. One reading
 * shows little: batches, compiled code and the allocator move it by more than a version takes. So
 * readings count by the middle of a few, and what they have grown by since the first few, beyond
 * heap and loaded versions, has to be both a good part of what was closed meanwhile and more than
 * anything else grows by. Not thread-safe.
 */
final class Residue {

  /**
   * Memory that stays.
   *
   * @param bytes that the process has grown by
   * @param versions that were closed meanwhile
   * @param closedBytes what these had taken
   */
  record Growth(long bytes, int versions, long closedBytes) {}

  /** So many readings make one that counts. */
  private static final int READINGS = 4;

  /** Code, classes, threads and arenas of the allocator stay below that. */
  private static final long LEAST_BYTES = 256L << 20;

  /** A version that comes back leaves nothing; estimates err by less than that. */
  private static final double LEAST_SHARE = 0.25;

  private final List<Long> readings = new ArrayList<>();
  private boolean based;
  private long base;
  private long heapToCome;
  private int versions;
  private long closedBytes;

  /**
   * A version was closed, and no other is being loaded.
   *
   * @param versionBytes what it had taken
   * @param bookedBytes what those take that are still loaded
   * @return what stays behind, if that is too much; after that, what comes on top of it
   */
  Optional<Growth> closed(long versionBytes, long bookedBytes, ProcessMemory memory) {
    readings.add(memory.besideHeap() - bookedBytes);
    if (!based) {
      heapToCome = Math.max(heapToCome, memory.heapToCome());
    } else {
      versions++;
      closedBytes += versionBytes;
    }
    if (readings.size() < READINGS) {
      return Optional.empty();
    }
    long middle = readings.stream().sorted().skip(READINGS / 2 - 1).findFirst().orElseThrow();
    readings.clear();
    if (!based || middle < base) {
      begin(middle);
      return Optional.empty();
    }
    Growth growth = new Growth(middle - base, versions, closedBytes);
    if (growth.bytes() - heapToCome < Math.max(LEAST_BYTES, closedBytes * LEAST_SHARE)) {
      return Optional.empty();
    }
    begin(middle);
    return Optional.of(growth);
  }

  private void begin(long bytes) {
    based = true;
    base = bytes;
    versions = 0;
    closedBytes = 0;
  }
}

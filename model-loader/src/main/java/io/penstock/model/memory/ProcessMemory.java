package io.penstock.model.memory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The memory of this process at one moment, in bytes.
 *
 * @param resident what is in the machine's memory, as Linux tells it
 * @param heap what the virtual machine has set aside for Java objects; not all of it need be
 *     resident yet
 * @param heapUsed what is in use of that, which is resident
 */
record ProcessMemory(long resident, long heap, long heapUsed) {

  private static final Path STATUS = Path.of("/proc/self/status");

  private static final Pattern RESIDENT = Pattern.compile("(?m)^VmRSS:\\s+(\\d+) kB$");

  /** As it is now; empty on systems that do not tell. */
  static Optional<ProcessMemory> now() {
    try {
      OptionalLong resident = resident(Files.readString(STATUS));
      long heap = Runtime.getRuntime().totalMemory();
      return resident.isPresent()
          ? Optional.of(
              new ProcessMemory(
                  resident.getAsLong(), heap, heap - Runtime.getRuntime().freeMemory()))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  static OptionalLong resident(String status) {
    Matcher matcher = RESIDENT.matcher(status);
    return matcher.find()
        ? OptionalLong.of(Long.parseLong(matcher.group(1)) << 10)
        : OptionalLong.empty();
  }

  /** What is resident beside the heap: less than that, as long as not all of the heap is. */
  long besideHeap() {
    return resident - heap;
  }

  /** How much of the heap may not be resident yet. */
  long heapToCome() {
    return heap - heapUsed;
  }
}

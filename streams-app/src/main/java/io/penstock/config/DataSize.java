package io.penstock.config;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An amount of memory. Written with a decimal unit (B, KB, MB, GB, TB: powers of 1,000) or a binary
 * one (KiB, MiB, GiB, TiB: powers of 1,024).
 */
public record DataSize(long bytes) {

  private static final Pattern TEXT = Pattern.compile("([0-9]{1,18}) ?([KMGT]i?B|B)");

  private static final Map<String, Long> BYTES =
      Map.of(
          "B", 1L,
          "KB", 1_000L,
          "MB", 1_000_000L,
          "GB", 1_000_000_000L,
          "TB", 1_000_000_000_000L,
          "KiB", 1L << 10,
          "MiB", 1L << 20,
          "GiB", 1L << 30,
          "TiB", 1L << 40);

  /** So much that nothing reaches it. Written {@code unlimited}. */
  public static final DataSize UNLIMITED = new DataSize(Long.MAX_VALUE);

  public DataSize {
    if (bytes < 0) {
      throw new IllegalArgumentException("bytes: " + bytes + " (expected: 0 or more)");
    }
  }

  public static DataSize ofBytes(long bytes) {
    return new DataSize(bytes);
  }

  public static DataSize ofMebibytes(long mebibytes) {
    return new DataSize(Math.multiplyExact(mebibytes, 1L << 20));
  }

  /** The size that a text stands for; empty if it stands for none or for more than a long holds. */
  static Optional<DataSize> read(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    long unit = BYTES.getOrDefault(matcher.group(2), 1L);
    try {
      return Optional.of(new DataSize(Math.multiplyExact(Long.parseLong(matcher.group(1)), unit)));
    } catch (ArithmeticException tooLarge) {
      return Optional.empty();
    }
  }

  /** Whether it is a limit at all. */
  public boolean isLimited() {
    return bytes != Long.MAX_VALUE;
  }

  /** The shortest exact text: {@code 64MiB}, {@code 512KB}, {@code 1B}. */
  @Override
  public String toString() {
    if (!isLimited()) {
      return "unlimited";
    }
    for (String unit : new String[] {"TiB", "TB", "GiB", "GB", "MiB", "MB", "KiB", "KB"}) {
      long size = BYTES.getOrDefault(unit, 1L);
      if (bytes >= size && bytes % size == 0) {
        return bytes / size + unit;
      }
    }
    return bytes + "B";
  }
}

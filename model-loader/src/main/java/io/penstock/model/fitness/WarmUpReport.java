package io.penstock.model.fitness;

import io.penstock.model.ModelSignature;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * How a version's warm-up went. Immutable.
 *
 * @param recorded recorded requests that were run
 * @param golden runs of golden inputs
 * @param runs runs in all, those of recorded requests among them
 * @param first how long the very first run took
 * @param total how long all of it took, pauses included
 * @param sizes the sizes that were run, in the order in which they were
 */
public record WarmUpReport(
    int recorded, int golden, int runs, Duration first, Duration total, List<Size> sizes) {

  public WarmUpReport {
    sizes = List.copyOf(sizes);
  }

  /**
   * Batches of one size.
   *
   * @param first how long the first of them took
   * @param last how long the last one took, which is what later ones will
   */
  public record Size(String signature, int rows, Duration first, Duration last) {

    boolean isOf(ModelSignature other, int otherRows) {
      return signature.equals(other.name()) && rows == otherRows;
    }

    Size ending(Duration took) {
      return new Size(signature, rows, first, took);
    }

    @Override
    public String toString() {
      return String.format(Locale.ROOT, "%d: %.1f and %.1f ms", rows, millis(first), millis(last));
    }
  }

  /**
   * {@code 14 runs, 2 of them recorded, in 0.4 s: the first took 192.0 ms; the first and last by
   * rows of serving_default: 1: 2.1 and 0.2 ms, 128: 4.0 and 0.9 ms}.
   */
  @Override
  public String toString() {
    if (runs == 0) {
      return "no run";
    }
    return String.format(
            Locale.ROOT,
            "%d runs, %s, in %.1f s: the first took %.1f ms",
            runs,
            origin(),
            total.toNanos() / 1e9,
            millis(first))
        + sizes.stream()
            .map(Size::signature)
            .distinct()
            .map(signature -> "; the first and last by rows of " + signature + ": " + of(signature))
            .collect(Collectors.joining());
  }

  private String origin() {
    if (recorded + golden == 0) {
      return "all synthetic";
    }
    return golden == 0
        ? recorded + " of them recorded"
        : "%d of them recorded, %d of golden inputs".formatted(recorded, golden);
  }

  private String of(String signature) {
    return sizes.stream()
        .filter(size -> size.signature().equals(signature))
        .sorted(Comparator.comparingInt(Size::rows))
        .map(Size::toString)
        .collect(Collectors.joining(", "));
  }

  private static double millis(Duration time) {
    return time.toNanos() / 1e6;
  }
}

package io.penstock.config;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How a pipeline gathers records into batches, and how much it holds at once.
 *
 * @param latency the goal that rows and linger are tuned for; null where they are fixed
 * @param rows the most rows of a batch
 * @param bytes the most bytes of a batch's inputs; a larger row is a batch of its own
 * @param allowedSizes the sizes that batches are run at, padded; empty: any
 * @param cost the most elements of one input in a batch; null for no limit
 * @param linger how long a row may wait for others; a bound, not a tax: a quiet stream does not
 *     wait
 * @param maxAge how old a record may be by its timestamp; null for any age
 * @param padding input → the value that shorter rows of a batch are filled up with
 * @param lengthBuckets the lengths that rows of padded inputs are filled up to; empty for the
 *     longest of the batch
 * @param maxInFlightRows the most records between input and outcome
 * @param maxInFlight the most bytes of records between input and outcome
 */
public record BatchConfig(
    @Nullable Duration latency,
    int rows,
    DataSize bytes,
    List<Integer> allowedSizes,
    @Nullable Cost cost,
    Duration linger,
    @Nullable Duration maxAge,
    Map<String, String> padding,
    List<Integer> lengthBuckets,
    int maxInFlightRows,
    DataSize maxInFlight) {

  public static final String FIXED = "fixed";
  public static final String AUTO = "auto";

  public static final Syntax<String> MODE = Syntax.choice(List.of(FIXED, AUTO));
  public static final Syntax<Integer> ROWS = Syntax.wholeNumber(1, 65_536);
  public static final Syntax<DataSize> BYTES = Syntax.dataSize(1 << 10, 1 << 30);
  public static final Syntax<String> COST_INPUT =
      Syntax.matching(Pattern.compile("\\S.*"), "an input of the signature");
  public static final Syntax<Integer> COST_MAX = Syntax.wholeNumber(1, Integer.MAX_VALUE);
  public static final Syntax<Duration> LATENCY = Syntax.duration(Duration.ofMillis(1));
  public static final Syntax<Duration> LINGER = Syntax.duration(Duration.ZERO);
  public static final Syntax<Duration> MAX_AGE = Syntax.duration(Duration.ofMillis(1));
  public static final Syntax<String> PADDING =
      Syntax.matching(Pattern.compile("(?s).*"), "a value of the input's dtype");
  public static final Syntax<Integer> LENGTH_BUCKET = Syntax.wholeNumber(1, 16_777_216);
  public static final Syntax<Integer> MAX_IN_FLIGHT_ROWS = Syntax.wholeNumber(1, 10_000_000);
  public static final Syntax<DataSize> MAX_IN_FLIGHT_BYTES = Syntax.dataSize(1 << 20);

  public BatchConfig {
    if (latency != null) {
      LATENCY.check("latency", latency);
    }
    ROWS.check("rows", rows);
    BYTES.check("bytes", bytes);
    LINGER.check("linger", linger);
    if (maxAge != null) {
      MAX_AGE.check("max-age", maxAge);
    }
    allowedSizes = List.copyOf(allowedSizes);
    padding = Map.copyOf(padding);
    lengthBuckets = List.copyOf(lengthBuckets);
    MAX_IN_FLIGHT_ROWS.check("max-in-flight-rows", maxInFlightRows);
    MAX_IN_FLIGHT_BYTES.check("max-in-flight-bytes", maxInFlight);
    requireSizes(allowedSizes, rows);
    requireAscending("length-buckets", LENGTH_BUCKET, lengthBuckets);
    if (!lengthBuckets.isEmpty() && padding.isEmpty()) {
      throw new IllegalArgumentException(
          "length-buckets: " + lengthBuckets + " (expected: together with padding)");
    }
  }

  /** Sizes that batches of up to so many rows may be run at. */
  static void requireSizes(List<Integer> allowed, int rows) {
    requireAscending("allowed-sizes", ROWS, allowed);
    if (!allowed.isEmpty() && allowed.get(allowed.size() - 1) != rows) {
      throw new IllegalArgumentException(
          "allowed-sizes: " + allowed + " (expected: ending with rows: " + rows + ")");
    }
  }

  private static void requireAscending(String key, Syntax<Integer> item, List<Integer> numbers) {
    for (int i = 0; i < numbers.size(); i++) {
      item.check(key, numbers.get(i));
      if (i > 0 && numbers.get(i) <= numbers.get(i - 1)) {
        throw new IllegalArgumentException(
            key + ": " + numbers + " (expected: in ascending order)");
      }
    }
  }

  /**
   * How much a batch may cost: rows × elements of the longest.
   *
   * @param input the input whose elements count
   */
  public record Cost(String input, int max) {
    public Cost {
      COST_INPUT.check("cost.input", input);
      COST_MAX.check("cost.max", max);
    }
  }
}

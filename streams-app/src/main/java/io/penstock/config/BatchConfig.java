package io.penstock.config;

import java.time.Duration;
import java.util.List;

/**
 * How a pipeline gathers records into batches, and how much it holds at once.
 *
 * @param rows the most rows of a batch
 * @param allowedSizes the sizes that batches are run at, padded; empty: any
 * @param linger how long a row may wait for others; a bound, not a tax: a quiet stream does not
 *     wait
 * @param maxInFlightRows the most records between input and outcome
 * @param maxInFlight the most bytes of records between input and outcome
 */
public record BatchConfig(
    int rows,
    List<Integer> allowedSizes,
    Duration linger,
    int maxInFlightRows,
    DataSize maxInFlight) {

  public static final Syntax<String> MODE = Syntax.choice(List.of("fixed")).notYet("auto");
  public static final Syntax<Integer> ROWS = Syntax.wholeNumber(1, 65_536);
  public static final Syntax<List<Integer>> ALLOWED_SIZES = Syntax.anyOrAscending(1, 65_536);
  public static final Syntax<Duration> LINGER = Syntax.duration(Duration.ZERO);
  public static final Syntax<Integer> MAX_IN_FLIGHT_ROWS = Syntax.wholeNumber(1, 10_000_000);
  public static final Syntax<DataSize> MAX_IN_FLIGHT_BYTES = Syntax.dataSize(1 << 20);

  public BatchConfig {
    ROWS.check("rows", rows);
    allowedSizes = List.copyOf(ALLOWED_SIZES.check("allowed-sizes", allowedSizes));
    LINGER.check("linger", linger);
    MAX_IN_FLIGHT_ROWS.check("max-in-flight-rows", maxInFlightRows);
    MAX_IN_FLIGHT_BYTES.check("max-in-flight-bytes", maxInFlight);
    if (!allowedSizes.isEmpty() && allowedSizes.get(allowedSizes.size() - 1) != rows) {
      throw new IllegalArgumentException(
          "allowed-sizes: " + allowedSizes + " (expected: ending with rows: " + rows + ")");
    }
    if (maxInFlightRows < rows) {
      throw new IllegalArgumentException(
          "max-in-flight-rows: " + maxInFlightRows + " (expected: at least rows: " + rows + ")");
    }
  }
}

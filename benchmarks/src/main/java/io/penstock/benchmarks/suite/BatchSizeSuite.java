package io.penstock.benchmarks.suite;

import io.penstock.benchmarks.data.Workload;
import io.penstock.benchmarks.data.Workloads;
import io.penstock.benchmarks.report.Limit;
import io.penstock.benchmarks.report.Metric;
import io.penstock.benchmarks.report.Plot;
import io.penstock.benchmarks.report.Results;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Whether {@code batch.mode: auto} finds what the best fixed number of rows reaches. */
final class BatchSizeSuite implements Suite {

  private static final int PARTITIONS = 4;

  /** Enough for half a minute, of which the compiler takes the first half. */
  private static final long RECORDS = 1_800_000;

  private static final long QUICK_RECORDS = 300_000;
  private static final List<Integer> ROWS = List.of(16, 32, 64, 128, 256, 512);
  private static final String AUTO = "auto";

  private static final List<Contender> CONTENDERS =
      List.of(
          new Contender("ffnn", Map.of()),
          new Contender("digits", Map.of()),
          new Contender("reviews", Map.of("padding", Map.of("tokens", "0"))));

  /**
   * A model.
   *
   * @param name of its workload
   * @param keys of its batches
   */
  private record Contender(String name, Map<String, Object> keys) {

    String fixed(int rows) {
      return name + "-" + rows;
    }

    String auto() {
      return name + "-" + AUTO;
    }

    /** The pipeline's keys, with one more. */
    Map<String, Object> batch(String key, Object value) {
      Map<String, Object> batch = new HashMap<>(keys);
      batch.put(key, value);
      return Map.of("batch", batch);
    }
  }

  @Override
  public String name() {
    return "batch";
  }

  @Override
  public String summary() {
    return "rate by rows of a batch, and whether batch.mode: auto finds the best";
  }

  @Override
  public List<Variant> variants(Bench bench) {
    return CONTENDERS.stream().flatMap(contender -> variants(bench, contender).stream()).toList();
  }

  private static List<Variant> variants(Bench bench, Contender contender) {
    Workload workload = workload(bench, contender.name());
    long records =
        bench.options().records().orElse(bench.options().quick() ? QUICK_RECORDS : RECORDS);
    Drain drain = new Drain(bench, workload, PARTITIONS, records);
    Starters starters = new Starters(bench, workload, PARTITIONS);
    List<Variant> variants = new ArrayList<>();
    for (int rows : ROWS) {
      variants.add(
          drain.variant(
              contender.fixed(rows),
              Map.of("rows", String.valueOf(rows)),
              starters.penstock(Starters.ALOS, contender.batch("rows", rows))));
    }
    variants.add(
        drain.variant(
            contender.auto(),
            Map.of("mode", AUTO),
            starters.penstock(Starters.ALOS, contender.batch("mode", AUTO))));
    return variants;
  }

  private static Workload workload(Bench bench, String name) {
    return switch (name) {
      case "digits" -> Workloads.digits(bench.checkout().example("digits"));
      case "reviews" -> Workloads.reviews(bench.checkout().example("reviews"));
      default -> bench.mainWorkload();
    };
  }

  @Override
  public List<Metric> columns() {
    return List.of(
        Metric.RATE,
        Metric.CPU_WITHOUT_JIT,
        Metric.STREAM_THREAD_BYTES,
        Metric.PEAK_RESIDENT_MB,
        Metric.FOREIGN_CORES);
  }

  @Override
  public List<Limit> limits() {
    return CONTENDERS.stream()
        .map(
            contender ->
                Limit.atLeast(
                    0.9,
                    "",
                    "rate: " + contender.name() + ", auto ÷ the best of fixed rows",
                    results -> share(results, contender)))
        .toList();
  }

  private static double share(Results results, Contender contender) {
    double best =
        ROWS.stream()
            .mapToDouble(rows -> results.median(contender.fixed(rows), Metric.RATE))
            .filter(rate -> !Double.isNaN(rate))
            .max()
            .orElse(Double.NaN);
    return results.median(contender.auto(), Metric.RATE) / best;
  }

  @Override
  public List<Plot> plots() {
    return List.of(Plot.bars("batch", "Rate by rows of a batch", Metric.RATE));
  }
}

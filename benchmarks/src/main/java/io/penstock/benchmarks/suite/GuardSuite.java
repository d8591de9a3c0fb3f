package io.penstock.benchmarks.suite;

import io.penstock.benchmarks.data.Workload;
import io.penstock.benchmarks.report.Limit;
import io.penstock.benchmarks.report.Metric;
import io.penstock.benchmarks.report.Plot;
import io.penstock.benchmarks.report.Results;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Whether a hot path is broken: the hot paths, and a short drain, held against their bounds in the
 * same run. Limits are half of what holds today or less, so that a machine's mood does not miss
 * them; one that is missed fails the run.
 *
 * <p>The paths and the allocation notice what a record costs more. The drain notices what no path
 * shows alone: batches that do not fill, threads that wait for each other. Its rate is held against
 * what Kafka and the model allow one after the other, which does not depend on which model is at
 * hand.
 */
final class GuardSuite implements Suite {

  private static final int PARTITIONS = 4;
  private static final long RECORDS = 300_000;
  private static final int BATCH = 128;
  private static final String PASS = "pass";
  private static final String PENSTOCK = "penstock-alos";
  private static final String PENSTOCK_EOS = "penstock-eos";
  private static final String RAW = "raw-tensorflow-128";

  private final MicroSuite micro = new MicroSuite();

  @Override
  public String name() {
    return "guard";
  }

  @Override
  public String summary() {
    return "whether a hot path is broken: generous limits, which fail the run";
  }

  @Override
  public boolean mustHold() {
    return true;
  }

  @Override
  public List<Variant> variants(Bench bench) {
    Workload workload = bench.mainWorkload();
    Drain drain = new Drain(bench, workload, PARTITIONS, bench.options().records().orElse(RECORDS));
    Starters starters = new Starters(bench, workload, PARTITIONS);
    List<Variant> variants = new ArrayList<>(MicroSuite.variants(true));
    variants.add(drain.variant(PASS, Map.of(), starters.passThrough(Map.of())));
    variants.add(
        drain.variant(
            PENSTOCK,
            Map.of("guarantee", Starters.ALOS),
            starters.penstock(Starters.ALOS, Map.of())));
    variants.add(
        drain.transactional(
            PENSTOCK_EOS,
            Map.of("guarantee", Starters.EOS),
            starters.penstock(Starters.EOS, Map.of())));
    variants.add(RawTensorFlowVariant.of(RAW, bench, workload, BATCH));
    return variants;
  }

  @Override
  public List<Metric> columns() {
    List<Metric> columns = new ArrayList<>(micro.columns());
    columns.addAll(
        List.of(
            Metric.RATE, Metric.CPU_WITHOUT_JIT, Metric.STREAM_THREAD_BYTES, Metric.FOREIGN_CORES));
    return columns;
  }

  @Override
  public List<Limit> limits() {
    List<Limit> limits = new ArrayList<>(micro.limits());
    limits.add(
        Limit.atLeast(
            0.3,
            "",
            "rate: ALOS ÷ pass-through and raw TensorFlow, one after the other",
            r -> rate(r, PENSTOCK) * (1 / rate(r, PASS) + 1 / rate(r, RAW))));
    limits.add(
        Limit.atLeast(0.5, "", "rate: EOS ÷ ALOS", r -> rate(r, PENSTOCK_EOS) / rate(r, PENSTOCK)));
    limits.add(
        Limit.atMost(
            3,
            "",
            "CPU without JIT: ALOS ÷ (pass-through + raw TensorFlow)",
            r -> cpu(r, PENSTOCK) / (cpu(r, PASS) + cpu(r, RAW))));
    limits.add(
        Limit.atMost(
            1000,
            " B",
            "stream thread's allocation per record: ALOS − pass-through",
            r ->
                r.median(PENSTOCK, Metric.STREAM_THREAD_BYTES)
                    - r.median(PASS, Metric.STREAM_THREAD_BYTES)));
    return limits;
  }

  private static double rate(Results results, String variant) {
    return results.median(variant, Metric.RATE);
  }

  private static double cpu(Results results, String variant) {
    return results.median(variant, Metric.CPU_WITHOUT_JIT);
  }

  @Override
  public List<Plot> plots() {
    return List.of();
  }
}

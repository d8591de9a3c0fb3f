package io.penstock.benchmarks.suite;

import io.penstock.benchmarks.data.Workloads;
import io.penstock.benchmarks.report.Limit;
import io.penstock.benchmarks.report.Metric;
import io.penstock.benchmarks.report.Plot;
import io.penstock.benchmarks.report.Results;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How many records a second each drains from a backlog, and what a record costs. */
final class ThroughputSuite implements Suite {

  private static final int PARTITIONS = 4;
  private static final long RECORDS = 2_000_000;
  private static final long QUICK_RECORDS = 300_000;
  private static final int BATCH = 128;

  /** What is an order of magnitude slower drains less, to be done in about the same time. */
  private static final double SLOW = 0.056;

  private static final double SLOWER = 0.02;

  private static final String PASS = "pass";
  private static final String PASS_BEST = "pass-best";
  private static final String RAW_BATCH = "raw-tensorflow-128";
  private static final String PENSTOCK = "penstock-alos";
  private static final String PENSTOCK_EOS = "penstock-eos";
  private static final String PENSTOCK_BEST = "penstock-best";
  private static final String NAIVE = "record-at-a-time";

  /** Client settings under which a pass-through is fastest, whatever latency they cost. */
  private static final Map<String, String> BEST_SETTINGS =
      Map.of(
          "main.consumer.max.partition.fetch.bytes", "4194304",
          "main.consumer.fetch.max.bytes", "67108864",
          "main.consumer.receive.buffer.bytes", "1048576",
          "main.consumer.max.poll.records", "8000",
          "buffered.records.per.partition", "8000",
          "producer.batch.size", "262144",
          "producer.linger.ms", "5");

  @Override
  public String name() {
    return "throughput";
  }

  @Override
  public String summary() {
    return "records a second and CPU per record while a backlog drains, beside bounds and peers";
  }

  @Override
  public List<Variant> variants(Bench bench) {
    long records =
        bench.options().records().orElse(bench.options().quick() ? QUICK_RECORDS : RECORDS);
    Drain drain = new Drain(bench, bench.mainWorkload(), PARTITIONS, records);
    Starters starters = new Starters(bench, drain.workload(), PARTITIONS);
    Drain slow = drain.at(SLOW);
    Map<String, Object> one = Map.of("batch", Map.of("rows", 1));
    List<Variant> variants = new ArrayList<>();
    variants.add(drain.variant(PASS, Map.of(), starters.passThrough(Map.of())));
    variants.add(drain.variant(PASS_BEST, BEST_SETTINGS, starters.passThrough(BEST_SETTINGS)));
    variants.add(drain.variant("pass-copy", Map.of("outcome", "the record"), starters.copy()));
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
    variants.add(
        drain.variant(
            PENSTOCK_BEST,
            BEST_SETTINGS,
            starters.penstock(Starters.ALOS, Map.of("kafka", BEST_SETTINGS))));
    variants.add(
        drain.variant(
            "penstock-auto",
            Map.of("mode", "auto"),
            starters.penstock(Starters.ALOS, Map.of("batch", Map.of("mode", "auto")))));
    variants.add(
        slow.variant(
            "penstock-batch-1", Map.of("rows", "1"), starters.penstock(Starters.ALOS, one)));
    variants.add(slow.variant(NAIVE, Map.of(), starters.recordAtATime()));
    variants.add(drain.at(SLOWER).variant("rpc-1", Map.of("batch", "1"), starters.rpc(1)));
    variants.add(
        slow.variant("rpc-128", Map.of("batch", String.valueOf(BATCH)), starters.rpc(BATCH)));
    variants.add(RawTensorFlowVariant.of("raw-tensorflow-1", bench, drain.workload(), 1));
    variants.add(RawTensorFlowVariant.of(RAW_BATCH, bench, drain.workload(), BATCH));
    variants.addAll(examples(bench, records));
    return variants;
  }

  /** Other shapes of records and models. */
  private static List<Variant> examples(Bench bench, long records) {
    return List.of(
            Workloads.digits(bench.checkout().example("digits")),
            Workloads.cars(bench.checkout().example("cars-mpg")),
            Workloads.reviews(bench.checkout().example("reviews")))
        .stream()
        .map(
            workload ->
                new Drain(bench, workload, PARTITIONS, records)
                    .variant(
                        "penstock-" + workload.name(),
                        Map.of("model", workload.name()),
                        new Starters(bench, workload, PARTITIONS)
                            .penstock(Starters.ALOS, Map.of())))
        .toList();
  }

  @Override
  public List<Metric> columns() {
    return List.of(
        Metric.RATE,
        Metric.CPU,
        Metric.CPU_WITHOUT_JIT,
        Metric.BROKER_CPU,
        Metric.STREAM_THREAD_BYTES,
        Metric.PEAK_RESIDENT_MB,
        Metric.FOREIGN_CORES);
  }

  @Override
  public List<Limit> limits() {
    return List.of(
        Limit.atLeast(0.8, "", "rate: ALOS ÷ pass-through", r -> rates(r, PENSTOCK, PASS)),
        Limit.atLeast(
            0.65,
            "",
            "rate: ALOS ÷ pass-through at its best settings",
            r -> rates(r, PENSTOCK, PASS_BEST)),
        Limit.atLeast(0.95, "", "rate: EOS ÷ ALOS", r -> rates(r, PENSTOCK_EOS, PENSTOCK)),
        Limit.atLeast(15, "", "rate: ALOS ÷ record at a time", r -> rates(r, PENSTOCK, NAIVE)),
        Limit.atMost(
            1.2,
            "",
            "CPU without JIT: ALOS ÷ (pass-through + raw TensorFlow)",
            r ->
                r.median(PENSTOCK, Metric.CPU_WITHOUT_JIT)
                    / (r.median(PASS, Metric.CPU_WITHOUT_JIT)
                        + r.median(RAW_BATCH, Metric.CPU_WITHOUT_JIT))),
        Limit.atMost(
            200,
            " B",
            "stream thread's allocation per record: ALOS − pass-through",
            r ->
                r.median(PENSTOCK, Metric.STREAM_THREAD_BYTES)
                    - r.median(PASS, Metric.STREAM_THREAD_BYTES)));
  }

  private static double rates(Results results, String variant, String of) {
    return results.median(variant, Metric.RATE) / results.median(of, Metric.RATE);
  }

  @Override
  public List<Plot> plots() {
    return List.of(
        Plot.bars("throughput", "Draining a backlog", Metric.RATE)
            .without(RAW_BATCH, "raw-tensorflow-1"),
        Plot.bars("cpu", "CPU per record, without JIT threads", Metric.CPU_WITHOUT_JIT)
            .without(NAIVE, "rpc-1", "rpc-128", "penstock-batch-1", "raw-tensorflow-1"));
  }
}

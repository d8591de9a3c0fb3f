package io.penstock.benchmarks.suite;

import io.penstock.benchmarks.data.SteadyModel;
import io.penstock.benchmarks.data.Workload;
import io.penstock.benchmarks.data.Workloads;
import io.penstock.benchmarks.latency.LatencyProbe;
import io.penstock.benchmarks.measure.CpuMeter;
import io.penstock.benchmarks.report.Limit;
import io.penstock.benchmarks.report.Metric;
import io.penstock.benchmarks.report.Plot;
import io.penstock.benchmarks.report.Reading;
import io.penstock.benchmarks.subject.Subject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What partitions cost: the same records over 1 to 256 of them, trickling and from a backlog. And
 * whether batches fill over partitions and stream threads as if there were one of each.
 */
final class PartitionsSuite implements Suite {

  private static final List<Integer> PARTITIONS = List.of(1, 4, 32, 256);
  private static final int TRICKLE = 1_000;
  private static final int WARM_UP_RATE = 2_000;
  private static final Duration WARM_UP = Duration.ofSeconds(10);
  private static final Duration STREAM_WARM_UP = Duration.ofSeconds(60);
  private static final Duration QUICK_STREAM_WARM_UP = Duration.ofSeconds(20);
  private static final Duration FLOW = Duration.ofSeconds(20);
  private static final Duration QUICK_FLOW = Duration.ofSeconds(8);

  private static final int SPREAD = 32;

  /** A model that keeps up easily, with the default linger; some 40 records come in a run. */
  private static final Stream BRISK = new Stream("stream", 10_000, Duration.ofMillis(4), "5ms");

  /**
   * A model so slow that each commit takes as long as dozens of records. The linger is longer than
   * a run, so that quiet and not linger ends a batch, and one runs at a time.
   */
  private static final Stream SLOW = new Stream("slow", 2_000, Duration.ofMillis(40), "60ms");

  /**
   * A steady stream.
   *
   * @param perSecond of which 32 and more come while a run lasts, which is how long they gather
   */
  private record Stream(String name, int perSecond, Duration run, String linger) {

    String one() {
      return name + "-1";
    }

    String spread() {
      return name + "-" + SPREAD;
    }

    String floor(int partitions) {
      return name + "-floor-" + partitions;
    }

    String pass(int partitions) {
      return name + "-pass-" + partitions;
    }

    /** What partitions cost by themselves, whoever reads them. */
    String onOneThread() {
      return spread() + "-on-one-thread";
    }
  }

  private static final long RECORDS = 500_000;
  private static final long QUICK_RECORDS = 200_000;

  @Override
  public String name() {
    return "partitions";
  }

  @Override
  public String summary() {
    return "CPU per record, rate and rows per run over the number of partitions";
  }

  @Override
  public List<Variant> variants(Bench bench) {
    long records =
        bench.options().records().orElse(bench.options().quick() ? QUICK_RECORDS : RECORDS);
    List<Variant> variants = new ArrayList<>();
    for (int partitions : PARTITIONS) {
      Starters starters = new Starters(bench, bench.mainWorkload(), partitions);
      Starters.Starter pass = starters.passThrough(Map.of());
      Starters.Starter penstock = starters.penstock(Starters.ALOS, Map.of());
      Drain drain = new Drain(bench, starters.workload(), partitions, records);
      variants.add(trickle(starters, name("pass-trickle", partitions), pass));
      variants.add(trickle(starters, name("penstock-trickle", partitions), penstock));
      variants.add(drain.variant(name("pass-full", partitions), Map.of(), pass));
      variants.add(drain.variant(name("penstock-full", partitions), Map.of(), penstock));
    }
    for (Stream stream : List.of(BRISK, SLOW)) {
      variants.add(stream(bench, stream, stream.one(), 1, 1));
      variants.add(stream(bench, stream, stream.onOneThread(), SPREAD, 1));
      variants.add(stream(bench, stream, stream.spread(), SPREAD, 2));
    }
    variants.add(floor(bench, BRISK, BRISK.floor(1), 1));
    variants.add(floor(bench, BRISK, BRISK.floor(SPREAD), SPREAD));
    variants.add(pass(bench, BRISK, BRISK.pass(1), 1, 1));
    variants.add(pass(bench, BRISK, BRISK.pass(SPREAD), SPREAD, 2));
    return variants;
  }

  /** What the brokers and the clients of this benchmark take by themselves. */
  private static Variant floor(Bench bench, Stream stream, String name, int partitions) {
    Workload workload = steady(bench, stream);
    return new Variant(
        name,
        Map.of("rate", stream.perSecond() + "/s"),
        trial -> {
          SteadyModel.save(workload.savedModel(), stream.run());
          return new Flow(bench, workload, partitions)
              .past(trial, probe -> List.of(flow(bench, stream, probe, List.of())));
        });
  }

  /** What Kafka Streams takes that computes nothing. */
  private static Variant pass(
      Bench bench, Stream stream, String name, int partitions, int threads) {
    Starters.Starter pass =
        new Starters(bench, steady(bench, stream), partitions)
            .passThrough(Map.of("num.stream.threads", String.valueOf(threads)));
    return new Variant(
        name,
        Map.of("rate", stream.perSecond() + "/s", "threads", String.valueOf(threads)),
        trial ->
            through(
                bench,
                trial,
                stream,
                partitions,
                pass,
                (probe, subject) -> List.of(flow(bench, stream, probe, subject.pids()))));
  }

  private static List<Reading> through(
      Bench bench,
      Variant.Trial trial,
      Stream stream,
      int partitions,
      Starters.Starter subject,
      Flow.Body body) {
    Workload workload = steady(bench, stream);
    SteadyModel.save(workload.savedModel(), stream.run());
    return new Flow(bench, workload, partitions).through(trial, false, subject, body);
  }

  private static Workload steady(Bench bench, Stream stream) {
    return Workloads.steady(
        bench.checkout().example("digits"),
        bench.folder().resolve("steady-model-" + stream.name()));
  }

  private static Reading flow(Bench bench, Stream stream, LatencyProbe probe, List<Long> pids) {
    probe.warmUp(stream.perSecond(), warmUp(bench));
    return probe.measure("", stream.perSecond(), duration(bench), new CpuMeter(pids));
  }

  private static Duration warmUp(Bench bench) {
    return bench.options().quick() ? QUICK_STREAM_WARM_UP : STREAM_WARM_UP;
  }

  private static Duration duration(Bench bench) {
    return bench.options().quick() ? QUICK_FLOW : FLOW;
  }

  private static Variant stream(
      Bench bench, Stream stream, String name, int partitions, int threads) {
    Workload workload = steady(bench, stream);
    Starters starters = new Starters(bench, workload, partitions);
    Starters.Starter penstock =
        starters.penstock(
            Starters.ALOS, Map.of("threads", threads, "batch", Map.of("linger", stream.linger())));
    return new Variant(
        name,
        Map.of(
            "rate",
            stream.perSecond() + "/s",
            "run",
            stream.run().toMillis() + "ms",
            "threads",
            String.valueOf(threads),
            "linger",
            stream.linger()),
        trial ->
            through(
                bench,
                trial,
                stream,
                partitions,
                penstock,
                (probe, subject) -> List.of(rowsPerRun(bench, stream, workload, probe, subject))));
  }

  /** The service says how many rows its runs have had since the start: this is of the end alone. */
  private static Reading rowsPerRun(
      Bench bench, Stream stream, Workload workload, LatencyProbe probe, Subject subject) {
    int rate = stream.perSecond();
    probe.warmUp(rate, warmUp(bench));
    double rowsBefore = (double) rate * warmUp(bench).toSeconds();
    double runsBefore = rowsBefore / subject.averageBatchRows(workload.name());
    Reading reading = probe.measure("", rate, duration(bench), new CpuMeter(subject.pids()));
    double rows = reading.metrics().getOrDefault(Metric.SENT, Double.NaN);
    double runs = (rowsBefore + rows) / subject.averageBatchRows(workload.name()) - runsBefore;
    Map<Metric, Double> metrics = new EnumMap<>(reading.metrics());
    metrics.put(Metric.RUN_ROWS, rows / runs);
    return new Reading("", metrics);
  }

  private static String name(String what, int partitions) {
    return what + "-" + partitions;
  }

  private static Variant trickle(Starters starters, String name, Starters.Starter starter) {
    Bench bench = starters.bench();
    return new Variant(
        name,
        Map.of("rate", TRICKLE + "/s"),
        trial ->
            new Flow(bench, starters.workload(), starters.partitions())
                .through(
                    trial,
                    false,
                    starter,
                    (probe, subject) -> {
                      probe.warmUp(WARM_UP_RATE, WARM_UP);
                      return List.of(
                          probe.measure(
                              "", TRICKLE, duration(bench), new CpuMeter(subject.pids())));
                    }));
  }

  @Override
  public List<Metric> columns() {
    return List.of(
        Metric.CPU_WITHOUT_JIT,
        Metric.CPU,
        Metric.RATE,
        Metric.P50_MILLIS,
        Metric.P99_MILLIS,
        Metric.RUN_ROWS,
        Metric.PEAK_RESIDENT_MB);
  }

  @Override
  public List<Limit> limits() {
    return List.of(
        Limit.atMost(
            1.3,
            "",
            "CPU per record, trickling: 256 partitions ÷ 4",
            r ->
                r.median("penstock-trickle-256", Metric.CPU_WITHOUT_JIT)
                    / r.median("penstock-trickle-4", Metric.CPU_WITHOUT_JIT)),
        Limit.atLeast(
            32, "", "rows per run, 1 partition", r -> r.median(BRISK.one(), Metric.RUN_ROWS)),
        spreadRows(BRISK),
        spreadLatency(BRISK),
        spreadLatencyBesidePass(BRISK),
        spreadRows(SLOW),
        spreadLatency(SLOW));
  }

  private static Limit spreadRows(Stream stream) {
    return Limit.atLeast(
        0.9,
        "",
        stream.name() + ", rows per run: 32 partitions and 2 threads ÷ 1",
        r -> r.median(stream.spread(), Metric.RUN_ROWS) / r.median(stream.one(), Metric.RUN_ROWS));
  }

  private static Limit spreadLatency(Stream stream) {
    return Limit.atMost(
        1.1,
        "",
        stream.name() + ", p99: 32 partitions and 2 threads ÷ 1",
        r ->
            r.median(stream.spread(), Metric.P99_MILLIS)
                / r.median(stream.one(), Metric.P99_MILLIS));
  }

  /** Of what one partition's records take, and what Kafka Streams takes longer for 32 by itself. */
  private static Limit spreadLatencyBesidePass(Stream stream) {
    return Limit.atMost(
        1.1,
        "",
        stream.name() + ", p99: 32 partitions and 2 threads ÷ (1 + what 32 cost pass-through)",
        r ->
            r.median(stream.spread(), Metric.P99_MILLIS)
                / (r.median(stream.one(), Metric.P99_MILLIS)
                    + r.median(stream.pass(SPREAD), Metric.P99_MILLIS)
                    - r.median(stream.pass(1), Metric.P99_MILLIS)));
  }

  @Override
  public List<Plot> plots() {
    return List.of(
        Plot.bars("partitions-cpu", "CPU per record, without JIT threads", Metric.CPU_WITHOUT_JIT),
        Plot.bars("partitions-rate", "Draining a backlog", Metric.RATE));
  }
}

package io.penstock.benchmarks.suite;

import io.penstock.benchmarks.peer.PassThrough;
import io.penstock.benchmarks.report.Limit;
import io.penstock.benchmarks.report.Metric;
import io.penstock.benchmarks.report.Plot;
import io.penstock.benchmarks.report.Results;
import io.penstock.benchmarks.subject.PeerProcess;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How many records a second each drains from a backlog, and what a record costs. */
final class ThroughputSuite implements Suite {

  private static final int PARTITIONS = 4;
  private static final long RECORDS = 800_000;
  private static final long QUICK_RECORDS = 300_000;

  /** The value of a prediction of ten floats with a little around it. */
  private static final String OUTCOME_BYTES = "120";

  private static final String ALOS = "at_least_once";
  private static final String EOS = "exactly_once_v2";

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
    return List.of(
        passThrough(drain, "pass", Map.of("outcome-bytes", OUTCOME_BYTES)),
        passThrough(drain, "pass-best", bestSettings()),
        drain.penstock("penstock-alos", ALOS, Map.of()),
        drain.penstock("penstock-eos", EOS, Map.of()));
  }

  private static Map<String, String> bestSettings() {
    Map<String, String> settings = new HashMap<>(BEST_SETTINGS);
    settings.put("outcome-bytes", OUTCOME_BYTES);
    return settings;
  }

  private static Variant passThrough(Drain drain, String name, Map<String, String> more) {
    return drain.variant(
        name,
        more,
        false,
        (trial, input, output) -> {
          Map<String, String> arguments = new HashMap<>(more);
          arguments.put("bootstrap", drain.bench().stack().bootstrapServers());
          arguments.put("application", trial.id());
          arguments.put("input", input);
          arguments.put("output", output);
          arguments.put("guarantee", "alos");
          return PeerProcess.start(
              name, drain.bench().peerSite(trial), PassThrough.class, arguments);
        });
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
        Limit.atLeast(
            0.8, "", "penstock-alos ÷ pass, rate", r -> rates(r, "penstock-alos", "pass")),
        Limit.atLeast(
            0.65,
            "",
            "penstock-alos ÷ pass-best, rate",
            r -> rates(r, "penstock-alos", "pass-best")),
        Limit.atLeast(
            0.95,
            "",
            "penstock-eos ÷ penstock-alos, rate",
            r -> rates(r, "penstock-eos", "penstock-alos")),
        Limit.atMost(
            200,
            " B",
            "penstock-alos − pass, allocation of the stream thread per record",
            r ->
                r.median("penstock-alos", Metric.STREAM_THREAD_BYTES)
                    - r.median("pass", Metric.STREAM_THREAD_BYTES)));
  }

  private static double rates(Results results, String variant, String of) {
    return results.median(variant, Metric.RATE) / results.median(of, Metric.RATE);
  }

  @Override
  public List<Plot> plots() {
    return List.of(
        Plot.bars("throughput", "Draining a backlog", Metric.RATE),
        Plot.bars("cpu", "CPU per record, without JIT threads", Metric.CPU_WITHOUT_JIT));
  }
}

package io.penstock.benchmarks.suite;

import io.penstock.benchmarks.data.Workload;
import io.penstock.benchmarks.latency.LatencyProbe;
import io.penstock.benchmarks.measure.CpuMeter;
import io.penstock.benchmarks.report.Limit;
import io.penstock.benchmarks.report.Metric;
import io.penstock.benchmarks.report.Plot;
import io.penstock.benchmarks.report.Reading;
import io.penstock.benchmarks.report.Results;
import io.penstock.benchmarks.requests.GrpcClient;
import io.penstock.benchmarks.requests.RequestClient;
import io.penstock.benchmarks.requests.RequestFlood;
import io.penstock.benchmarks.requests.RestClient;
import io.penstock.benchmarks.subject.ServiceConfig;
import io.penstock.benchmarks.subject.ServiceProcess;
import io.penstock.benchmarks.subject.Subject;
import io.penstock.localstack.host.LoopbackPorts;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * What batching gains where 64 clients ask for a row at a time, and what a stream at half of the
 * machine's capacity notices of such a flood. Without batching each request is a run of its own.
 */
final class RequestsSuite implements Suite {

  private static final int CLIENTS = 64;
  private static final int PARTITIONS = 4;
  private static final Duration WARM_UP = Duration.ofSeconds(15);
  private static final Duration QUICK_WARM_UP = Duration.ofSeconds(5);

  /** Of a stream: for most of a minute the compiler takes a good part of two cores. */
  private static final Duration STREAM_WARM_UP = Duration.ofSeconds(45);

  private static final Duration FLOOD = Duration.ofSeconds(10);
  private static final Duration QUICK_FLOOD = Duration.ofSeconds(5);
  private static final Duration STREAM = Duration.ofSeconds(15);
  private static final Duration QUICK_STREAM = Duration.ofSeconds(8);
  private static final double SHARE_OF_CAPACITY = 0.5;
  private static final int STREAM_WARM_UP_RATE = 2_000;

  /** More than any machine takes; its records are all sent, however long that takes. */
  private static final int STREAM_FLOOD_RATE = 100_000;

  private static final Duration STREAM_FLOOD = Duration.ofSeconds(4);

  private static final String BATCHED = "grpc";
  private static final String ONE_BY_ONE = "grpc-one-by-one";
  private static final String REST = "rest";
  private static final String STREAM_FLOODED = "stream-flooded";
  private static final String STREAM_ALONE = "stream";
  private static final String STREAM_BESIDE = "stream-beside-grpc";

  @Override
  public String name() {
    return "requests";
  }

  @Override
  public String summary() {
    return "requests of 64 clients with and without batching, and a stream beside them";
  }

  @Override
  public List<Variant> variants(Bench bench) {
    Asked asked = new Asked(bench, bench.mainWorkload());
    Capacity capacity = new Capacity(STREAM_FLOODED);
    return List.of(
        asked.variant(BATCHED, Map.of(), GrpcClient::new),
        asked.variant(ONE_BY_ONE, Map.of("rows", 1), GrpcClient::new),
        asked.variant(REST, Map.of(), RestClient::new),
        capacity.measuredBy(asked.beside(STREAM_FLOODED, Asked::flooded)),
        asked.beside(
            STREAM_ALONE,
            (each, probe, subject, flood) ->
                each.measured(probe, subject, capacity.share(SHARE_OF_CAPACITY))),
        asked.beside(
            STREAM_BESIDE,
            (each, probe, subject, flood) -> {
              flood.awaitAnswer(Flow.READY_LIMIT);
              flood.begin();
              Reading stream = each.measured(probe, subject, capacity.share(SHARE_OF_CAPACITY));
              return with(stream, flood.end());
            }));
  }

  /** A client of a server on that port. */
  @FunctionalInterface
  private interface Connection {
    RequestClient to(int port, Workload workload);
  }

  /** Measures a stream, perhaps beside a flood that has not begun. */
  @FunctionalInterface
  private interface Body {
    Reading measure(Asked asked, LatencyProbe probe, Subject subject, RequestFlood flood);
  }

  /** A service whose only model is asked. */
  private record Asked(Bench bench, Workload workload) {

    private boolean isQuick() {
      return bench.options().quick();
    }

    /**
     * Measures requests alone.
     *
     * @param batch keys of {@code requests.batch}
     */
    Variant variant(String name, Map<String, Object> batch, Connection connection) {
      return new Variant(
          name,
          Map.of("clients", String.valueOf(CLIENTS), "batch", batch.toString()),
          trial -> {
            int grpcPort = LoopbackPorts.free();
            ServiceConfig config =
                bench
                    .serviceConfig(trial)
                    .model(workload.name(), bench.model(workload, 1).path(), Bench.FAST_SCANS)
                    .requests(requests(grpcPort, batch));
            int port = name.equals(REST) ? config.httpPort() : grpcPort;
            ServiceProcess.createTopics(bench.serviceSite(trial), config, PARTITIONS);
            try (Subject subject =
                    ServiceProcess.serve(trial.id(), bench.serviceSite(trial), config);
                RequestFlood flood = new RequestFlood(connection.to(port, workload), CLIENTS)) {
              subject.awaitReady(Flow.READY_LIMIT);
              flood.awaitAnswer(Flow.READY_LIMIT);
              return List.of(measured(trial, subject, flood));
            } finally {
              bench.deleteTopics(trial);
            }
          });
    }

    private Reading measured(Variant.Trial trial, Subject subject, RequestFlood flood) {
      flood.begin();
      pause(isQuick() ? QUICK_WARM_UP : WARM_UP);
      flood.end();
      Instant from = Instant.now();
      CpuMeter cpu = new CpuMeter(subject.pids());
      CpuMeter.Reading cpuBefore = cpu.read();
      double runsBefore = runs(subject);
      flood.begin();
      pause(isQuick() ? QUICK_FLOOD : FLOOD);
      Map<Metric, Double> metrics = flood.end();
      CpuMeter.Reading took = cpu.read().since(cpuBefore);
      double runs = runs(subject) - runsBefore;
      double answers = metrics.getOrDefault(Metric.ANSWERS, Double.NaN);
      metrics.put(Metric.RUNS, runs);
      metrics.put(Metric.RUN_ROWS, answers / runs);
      metrics.put(Metric.CPU_WITHOUT_JIT, (took.nanos() - took.compilerNanos()) / 1e3 / answers);
      bench.keepProfile(subject, trial, from);
      return new Reading("", metrics);
    }

    private double runs(Subject subject) {
      return subject.runs("requests/" + workload.name());
    }

    private static void pause(Duration duration) {
      long until = System.nanoTime() + duration.toNanos();
      for (long left = duration.toNanos(); left > 0; left = until - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
    }

    /** Measures a stream through a service that answers requests, too. */
    Variant beside(String name, Body body) {
      return new Variant(
          name,
          Map.of("clients", String.valueOf(CLIENTS)),
          trial -> {
            int grpcPort = LoopbackPorts.free();
            try (RequestFlood flood =
                new RequestFlood(new GrpcClient(grpcPort, workload), CLIENTS)) {
              return new Flow(bench, workload, PARTITIONS)
                  .through(
                      trial,
                      false,
                      (started, input, output) -> service(started, input, output, grpcPort),
                      (probe, subject) -> List.of(body.measure(this, probe, subject, flood)));
            }
          });
    }

    private Subject service(Variant.Trial trial, String input, String output, int grpcPort) {
      ServiceConfig config =
          new Starters(bench, workload, PARTITIONS)
              .config(
                  trial,
                  new Starters.Topics(input, output),
                  bench.model(workload, 1),
                  Starters.ALOS,
                  Map.of())
              .requests(requests(grpcPort, Map.of()));
      ServiceProcess.createTopics(bench.serviceSite(trial), config, PARTITIONS);
      return ServiceProcess.serve(trial.id(), bench.serviceSite(trial), config);
    }

    private static Map<String, Object> requests(int grpcPort, Map<String, Object> batch) {
      return Map.of("grpc", Map.of("listen", "127.0.0.1:" + grpcPort), "batch", batch);
    }

    Reading flooded(LatencyProbe probe, Subject subject, RequestFlood flood) {
      probe.warmUp(STREAM_WARM_UP_RATE, isQuick() ? QUICK_WARM_UP : WARM_UP);
      probe.flood(STREAM_FLOOD_RATE, STREAM_FLOOD);
      return probe.flood(STREAM_FLOOD_RATE, STREAM_FLOOD);
    }

    Reading measured(LatencyProbe probe, Subject subject, int rate) {
      probe.warmUp(rate, isQuick() ? QUICK_WARM_UP : STREAM_WARM_UP);
      return probe.measure(
          "", rate, isQuick() ? QUICK_STREAM : STREAM, new CpuMeter(subject.pids()));
    }
  }

  private static Reading with(Reading reading, Map<Metric, Double> more) {
    Map<Metric, Double> metrics = new EnumMap<>(reading.metrics());
    metrics.putAll(more);
    return new Reading(reading.point(), metrics);
  }

  @Override
  public List<Metric> columns() {
    return List.of(
        Metric.REQUEST_RATE,
        Metric.REQUEST_P50_MILLIS,
        Metric.REQUEST_P99_MILLIS,
        Metric.RUN_ROWS,
        Metric.RUNS,
        Metric.REQUESTS,
        Metric.ANSWERS,
        Metric.RATE,
        Metric.P50_MILLIS,
        Metric.P99_MILLIS,
        Metric.SENT,
        Metric.RECEIVED,
        Metric.CPU_WITHOUT_JIT);
  }

  @Override
  public List<Limit> limits() {
    return List.of(
        Limit.atLeast(
            2, "", "requests/s: batched ÷ one by one", r -> ratio(r, Metric.REQUEST_RATE)),
        Limit.atLeast(
            10, "", "requests per run: batched ÷ one by one", r -> ratio(r, Metric.RUN_ROWS)),
        Limit.atLeast(
            2,
            "",
            "CPU of the service per request: one by one ÷ batched",
            r -> 1 / ratio(r, Metric.CPU_WITHOUT_JIT)),
        Limit.atMost(
            2,
            "",
            "p99 of a stream at half the capacity: beside requests ÷ alone",
            r ->
                r.median(STREAM_BESIDE, Metric.P99_MILLIS)
                    / r.median(STREAM_ALONE, Metric.P99_MILLIS)),
        Limit.atMost(
            0,
            "",
            "records without an outcome, at most",
            r -> r.mostMissing(Metric.SENT, Metric.RECEIVED)),
        Limit.atMost(
            0,
            "",
            "requests without an answer, at most",
            r -> r.mostMissing(Metric.REQUESTS, Metric.ANSWERS)));
  }

  private static double ratio(Results results, Metric metric) {
    return results.median(BATCHED, metric) / results.median(ONE_BY_ONE, metric);
  }

  @Override
  public List<Plot> plots() {
    return List.of(
        Plot.bars("requests-rate", "Requests of 64 clients", Metric.REQUEST_RATE),
        Plot.bars("requests-p99", "99th percentile of their answers", Metric.REQUEST_P99_MILLIS),
        Plot.bars("requests-stream", "99th percentile of a stream", Metric.P99_MILLIS));
  }
}

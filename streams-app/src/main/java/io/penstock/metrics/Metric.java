package io.penstock.metrics;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.config.NamingConvention;
import io.micrometer.prometheusmetrics.PrometheusNamingConvention;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Every metric of Penstock's own, with its labels: none has a label whose values grow with the
 * records.
 */
public enum Metric {
  RECORDS_IN(
      "records.in",
      Meter.Type.COUNTER,
      null,
      "Records taken from the input topic.",
      List.of("pipeline")),
  PREDICTIONS(
      "predictions",
      Meter.Type.COUNTER,
      null,
      "Predictions forwarded to the output topic. Those of a transaction that aborts count too, and"
          + " again when they are repeated.",
      List.of("pipeline")),
  DEAD_LETTERS(
      "dead.letters",
      Meter.Type.COUNTER,
      null,
      "Records forwarded to the dead-letter topic instead.",
      List.of("pipeline", "reason")),
  STRAGGLERS(
      "stragglers",
      Meter.Type.COUNTER,
      null,
      "Outcomes of records whose timestamps ask for a version that serves no more, after an"
          + " effectiveFrom; control.stragglers says whether these are dead letters too.",
      List.of("pipeline")),
  RECORD_LATENCY(
      "record.latency",
      Meter.Type.TIMER,
      "seconds",
      "From a record's timestamp to its outcome being handed to the producer. Readers of committed"
          + " records see it one commit later.",
      List.of("pipeline")),
  RECORDS_IN_FLIGHT(
      "records.in.flight",
      Meter.Type.GAUGE,
      null,
      "Records between input and outcome.",
      List.of("pipeline")),
  LAG(
      "lag.records",
      Meter.Type.GAUGE,
      null,
      "Records of this instance's partitions that it has not fetched yet.",
      List.of("pipeline")),
  BATCHES_SEALED(
      "batches.sealed",
      Meter.Type.COUNTER,
      null,
      "Batches handed to the inference threads, by what sealed them.",
      List.of("pipeline", "reason")),
  STAGE_TIME(
      "stage",
      Meter.Type.TIMER,
      "seconds",
      "How long a batch gathered and queued, and how long its run took to lay its rows out, to"
          + " compute the model, and to encode predictions.",
      List.of("pipeline", "stage")),
  BATCH_TARGET_ROWS(
      "batch.target.rows",
      Meter.Type.GAUGE,
      null,
      "Rows at which a batch is sealed now.",
      List.of("pipeline")),
  BATCH_LINGER(
      "batch.linger",
      Meter.Type.GAUGE,
      "seconds",
      "How long a record may wait for others now.",
      List.of("pipeline")),
  RUNS(
      "runs",
      Meter.Type.COUNTER,
      null,
      "Runs of the model, each of one batch or several.",
      List.of("pipeline")),
  RUN_ROWS(
      "run.rows",
      Meter.Type.DISTRIBUTION_SUMMARY,
      null,
      "Rows of a run, without padding.",
      List.of("pipeline")),
  RUN_FILL(
      "run.fill",
      Meter.Type.DISTRIBUTION_SUMMARY,
      null,
      "Rows of a run, without padding, as a share of batch.rows: 1 is a full one.",
      List.of("pipeline")),
  RUN_TIME(
      "run",
      Meter.Type.TIMER,
      "seconds",
      "How long a run had its inference thread: laying out, the model, writing predictions.",
      List.of("pipeline")),
  PADDING_ROWS(
      "padding.rows",
      Meter.Type.COUNTER,
      null,
      "Rows that were added to reach an allowed size.",
      List.of("pipeline")),
  SEARCH_RUNS(
      "search.runs",
      Meter.Type.COUNTER,
      null,
      "Runs in search of the rows that fail a batch.",
      List.of("pipeline")),
  COMMIT_DRAIN(
      "commit.drain",
      Meter.Type.TIMER,
      "seconds",
      "How long a commit waited until its task's records had their outcomes.",
      List.of("pipeline")),
  CUTOVERS(
      "cutovers",
      Meter.Type.COUNTER,
      null,
      "Partitions whose outcomes are of another version from then on, or of a first one after they"
          + " were assigned.",
      List.of("pipeline")),
  PIPELINE_STATE(
      "pipeline.state",
      Meter.Type.GAUGE,
      null,
      "1 for the state that the pipeline is in.",
      List.of("pipeline", "state")),
  REQUESTS(
      "requests",
      Meter.Type.TIMER,
      "seconds",
      "Requests for predictions beside the streams, from their being read to their answer, by"
          + " google.rpc.Code. Their runs are those of the pipeline requests/MODEL.",
      List.of("model", "code")),
  REQUEST_ROWS(
      "requests.queued.rows",
      Meter.Type.GAUGE,
      null,
      "Rows of requests that are not answered; bounded by requests.max-queued-rows.",
      List.of("model")),
  BYTES_IN_FLIGHT(
      "in.flight",
      Meter.Type.GAUGE,
      "bytes",
      "Bytes in batches, over all pipelines; bounded by inference.max-in-flight-bytes.",
      List.of()),
  ROWS_IN_FLIGHT(
      "in.flight.rows",
      Meter.Type.GAUGE,
      null,
      "Rows in batches, over all pipelines; bounded by inference.max-in-flight-rows.",
      List.of()),
  INFERENCE_THREADS(
      "inference.threads",
      Meter.Type.GAUGE,
      null,
      "Inference threads that run a batch, that are idle, and that hang in a run that was given up"
          + " on.",
      List.of("state")),
  VERSION_STATE(
      "model.version.state",
      Meter.Type.GAUGE,
      null,
      "1 for the state that the version is in.",
      List.of("model", "version", "state")),
  ACTIVE_VERSION(
      "model.active.version",
      Meter.Type.GAUGE,
      null,
      "1 for the version that serves here.",
      List.of("model", "version")),
  LOADS(
      "model.loads",
      Meter.Type.COUNTER,
      null,
      "Loads after which a version was available, or had failed. To wait for room is not to fail.",
      List.of("model", "result")),
  LOAD_TIME(
      "model.load",
      Meter.Type.GAUGE,
      "seconds",
      "How long a loaded version took until it was fit to serve, warm-up and checks included.",
      List.of("model", "version")),
  WARM_UP_TIME(
      "model.warm.up",
      Meter.Type.GAUGE,
      "seconds",
      "How long the warm-up of a loaded version took.",
      List.of("model", "version")),
  LEASES(
      "model.leases",
      Meter.Type.GAUGE,
      null,
      "Batches that hold a lease on the version.",
      List.of("model", "version")),
  NATIVE_MEMORY(
      "native.memory.booked",
      Meter.Type.GAUGE,
      "bytes",
      "Native memory that the loaded versions are estimated to take; bounded by"
          + " inference.native-memory.",
      List.of()),
  NATIVE_MEMORY_LIMIT(
      "native.memory.limit",
      Meter.Type.GAUGE,
      "bytes",
      "inference.native-memory; absent where that is unlimited.",
      List.of()),
  RESIDENT_MEMORY(
      "resident.memory",
      Meter.Type.GAUGE,
      "bytes",
      "Memory of the process that is in the machine's: heap, models and all else. On Linux only.",
      List.of()),
  CONTROL_STATE(
      "control.plane.state",
      Meter.Type.GAUGE,
      null,
      "1 for the state of this instance's part in the control plane.",
      List.of("state")),
  PROMOTIONS(
      "promotions",
      Meter.Type.COUNTER,
      null,
      "Promotions and roll-backs that this instance saw to begin, to be activated, to be aborted.",
      List.of("model", "step")),
  REGISTRY_REQUESTS(
      "registry.requests",
      Meter.Type.TIMER,
      "seconds",
      "Requests to the schema registry, each retry for itself. What is cached is not asked for.",
      List.of("outcome"));

  private final String name;
  private final Meter.Type type;
  private final @Nullable String unit;
  private final String meaning;

  @SuppressWarnings("ImmutableEnumChecker") // made by List.of
  private final List<String> labels;

  Metric(String name, Meter.Type type, @Nullable String unit, String meaning, List<String> labels) {
    this.name = "penstock." + name;
    this.type = type;
    this.unit = unit;
    this.meaning = meaning;
    this.labels = labels;
  }

  /** As Micrometer calls it. */
  String meterName() {
    return name;
  }

  /** As Prometheus knows it, but for the suffixes of histograms. */
  public String prometheusName() {
    NamingConvention convention = new PrometheusNamingConvention();
    String prometheus = convention.name(name, type, unit);
    return type == Meter.Type.COUNTER && !prometheus.endsWith("_total")
        ? prometheus + "_total"
        : prometheus;
  }

  /** Prometheus' type. */
  public String prometheusType() {
    return switch (type) {
      case COUNTER -> "counter";
      case TIMER, DISTRIBUTION_SUMMARY -> "histogram";
      default -> "gauge";
    };
  }

  @Nullable String unit() {
    return unit;
  }

  public String meaning() {
    return meaning;
  }

  public List<String> labels() {
    return labels;
  }
}

package io.penstock.benchmarks.report;

import java.util.Locale;

/** What can be measured, with its unit and how it is printed. */
public enum Metric {
  RATE("records/s", "%,.0f"),
  CPU("CPU µs/record", "%.2f"),
  CPU_WITHOUT_JIT("without JIT", "%.2f"),
  BROKER_CPU("broker + harness", "%.2f"),
  FOREIGN_CORES("others' cores", "%.2f"),
  STREAM_THREAD_BYTES("stream thread B/record", "%,.0f"),
  RESIDENT_MB("RSS MB", "%,.0f"),
  PEAK_RESIDENT_MB("peak MB", "%,.0f"),
  SENT("sent", "%,.0f"),
  RECEIVED("received", "%,.0f"),
  P50_MILLIS("p50 ms", "%.2f"),
  P90_MILLIS("p90 ms", "%.2f"),
  P99_MILLIS("p99 ms", "%.2f"),
  P999_MILLIS("p99.9 ms", "%.2f"),
  MAX_MILLIS("max ms", "%.1f"),
  REQUEST_RATE("requests/s", "%,.0f"),
  REQUESTS("requests", "%,.0f"),
  ANSWERS("answers", "%,.0f"),
  REQUEST_P50_MILLIS("answer p50 ms", "%.2f"),
  REQUEST_P99_MILLIS("answer p99 ms", "%.2f"),
  RUNS("runs", "%,.0f"),
  COMMIT_MILLIS("between commits ms", "%.0f"),
  CPU_CORES("cores", "%.3f"),
  READY_SECONDS("ready s", "%.2f"),
  FIRST_PREDICTION_SECONDS("first prediction s", "%.2f"),
  RUN_ROWS("rows per run", "%.1f"),
  CUTOVERS("cutovers", "%,.0f"),
  OUT_OF_ORDER("out of order", "%,.0f"),
  THREADS("threads", "%,.0f"),
  NANOS_PER_OPERATION("ns/op", "%,.1f"),
  BYTES_PER_OPERATION("B/op", "%,.1f");

  private final String label;
  private final String format;

  Metric(String label, String format) {
    this.label = label;
    this.format = format;
  }

  /** For the heads of columns and the axes of plots. */
  public String label() {
    return label;
  }

  /** A value as it is printed. */
  public String format(double value) {
    return Double.isNaN(value) ? "–" : String.format(Locale.ROOT, format, value);
  }
}

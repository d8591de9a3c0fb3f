package io.penstock.benchmarks.suite;

import io.penstock.benchmarks.micro.DecodeBenchmark;
import io.penstock.benchmarks.micro.EncodeBenchmark;
import io.penstock.benchmarks.micro.HandOffBenchmark;
import io.penstock.benchmarks.micro.JsonDecodeBenchmark;
import io.penstock.benchmarks.micro.LeaseBenchmark;
import io.penstock.benchmarks.micro.MixedDecodeBenchmark;
import io.penstock.benchmarks.micro.SchemaLookupBenchmark;
import io.penstock.benchmarks.report.Limit;
import io.penstock.benchmarks.report.Metric;
import io.penstock.benchmarks.report.Plot;
import io.penstock.benchmarks.report.Results;
import java.util.List;

/** The hot paths one by one: time, and bytes allocated, per record, row, batch or look-up. */
final class MicroSuite implements Suite {

  private static final String DECODE = "decode-784-floats";
  private static final String DECODE_COPY = "decode-784-floats-raw-copy";
  private static final String DECODE_GENERIC = "decode-784-floats-generic";
  private static final String JSON = "decode-784-floats-json";
  private static final String JSON_DATABIND = "decode-784-floats-json-databind";
  private static final String JSON_STREAMING = "decode-784-floats-json-streaming";
  private static final String MIXED = "decode-12-fields";
  private static final String MIXED_GENERIC = "decode-12-fields-generic";
  private static final String ENCODE = "encode-10-floats";
  private static final String ENCODE_GENERIC = "encode-10-floats-generic";
  private static final String HAND_OFF = "hand-off-row";
  private static final String HAND_OFF_ONE = "hand-off-batch-of-1";
  private static final String LEASE = "lease";
  private static final String PLAN = "plan-by-id";
  private static final String SCHEMA = "schema-by-id";

  @Override
  public String name() {
    return "micro";
  }

  @Override
  public String summary() {
    return "the hot paths one by one, by JMH: time and bytes allocated per operation";
  }

  @Override
  public List<Variant> variants(Bench bench) {
    return variants(bench.options().quick());
  }

  static List<Variant> variants(boolean quick) {
    return List.of(
        JmhVariant.of(DECODE, DecodeBenchmark.class, "plan", quick),
        JmhVariant.of(DECODE_COPY, DecodeBenchmark.class, "rawCopy", quick),
        JmhVariant.of(DECODE_GENERIC, DecodeBenchmark.class, "genericRecord", quick),
        JmhVariant.of(JSON, JsonDecodeBenchmark.class, "reader", quick),
        JmhVariant.of(JSON_DATABIND, JsonDecodeBenchmark.class, "databind", quick),
        JmhVariant.of(JSON_STREAMING, JsonDecodeBenchmark.class, "streaming", quick),
        JmhVariant.of(MIXED, MixedDecodeBenchmark.class, "plan", quick),
        JmhVariant.of(MIXED_GENERIC, MixedDecodeBenchmark.class, "genericRecord", quick),
        JmhVariant.of(ENCODE, EncodeBenchmark.class, "prediction", quick),
        JmhVariant.of(ENCODE_GENERIC, EncodeBenchmark.class, "genericRecord", quick),
        JmhVariant.of(HAND_OFF, HandOffBenchmark.class, "fullBatch", quick),
        JmhVariant.of(HAND_OFF_ONE, HandOffBenchmark.class, "batchOfOne", quick),
        JmhVariant.of(LEASE, LeaseBenchmark.class, "acquireAndClose", quick),
        JmhVariant.of(PLAN, SchemaLookupBenchmark.class, "plan", quick),
        JmhVariant.of(SCHEMA, SchemaLookupBenchmark.class, "cachedSchema", quick));
  }

  @Override
  public List<Metric> columns() {
    return List.of(Metric.NANOS_PER_OPERATION, Metric.BYTES_PER_OPERATION);
  }

  @Override
  public List<Limit> limits() {
    return List.of(
        faster(5, "decode 784 floats", DECODE_GENERIC, DECODE),
        Limit.atLeast(
            3,
            " ×",
            "decode 784 floats of JSON: databind ÷ Penstock",
            r -> time(r, JSON_DATABIND) / time(r, JSON)),
        faster(1.2, "decode 12 fields", MIXED_GENERIC, MIXED),
        faster(2, "encode 10 floats", ENCODE_GENERIC, ENCODE),
        Limit.atMost(
            2.5,
            "",
            "decode 784 floats: plan ÷ raw copy",
            r -> time(r, DECODE) / time(r, DECODE_COPY)),
        Limit.atMost(100, " ns", "decode 12 fields", r -> time(r, MIXED)),
        Limit.atMost(
            8,
            "",
            "a row through the batcher, decoded ÷ decoded alone",
            r -> time(r, HAND_OFF) / time(r, DECODE)),
        allocating(16, DECODE),
        allocating(16, JSON),
        allocating(160, ENCODE),
        allocating(100, HAND_OFF),
        allocating(16, PLAN));
  }

  private static Limit faster(double factor, String what, String generic, String ours) {
    return Limit.atLeast(
        factor, " ×", what + ": GenericRecord ÷ Penstock", r -> time(r, generic) / time(r, ours));
  }

  private static Limit allocating(double bytes, String variant) {
    return Limit.atMost(
        bytes,
        " B",
        variant + ": bytes allocated",
        r -> r.median(variant, Metric.BYTES_PER_OPERATION));
  }

  private static double time(Results results, String variant) {
    return results.median(variant, Metric.NANOS_PER_OPERATION);
  }

  @Override
  public List<Plot> plots() {
    return List.of(
        Plot.bars("micro-time", "Time per operation", Metric.NANOS_PER_OPERATION),
        Plot.bars("micro-bytes", "Bytes allocated per operation", Metric.BYTES_PER_OPERATION));
  }
}

package io.penstock.config.load;

import io.penstock.config.BatchConfig;
import io.penstock.config.ControlTopics;
import io.penstock.config.PipelineConfig;
import io.penstock.config.StartFrom;
import io.penstock.config.Syntax;
import io.penstock.config.kafka.KafkaKeys;
import io.penstock.config.section.Absent;
import io.penstock.config.section.Passed;
import io.penstock.config.section.Section;
import io.penstock.config.section.Setting;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The keys of {@code pipelines}, with their defaults. */
final class PipelineBinder {

  private final Syntax<String> models;
  private final Syntax<String> topics;

  /** A binder for pipelines of those models in that service, as far as they are known. */
  PipelineBinder(Set<String> models, Optional<String> service) {
    this.models = Syntax.nameOf("models", models);
    this.topics =
        service
            .map(name -> ControlTopics.of(name).all())
            .map(taken -> PipelineConfig.TOPIC.except(taken, "not a control topic of the service"))
            .orElse(PipelineConfig.TOPIC);
  }

  Map<String, Setting<PipelineConfig>> bind(Section root) {
    Map<String, Setting<PipelineConfig>> pipelines = new LinkedHashMap<>();
    root.sections("pipelines", PipelineConfig.NAME)
        .forEach((name, section) -> pipelines.put(name, pipeline(section)));
    return pipelines;
  }

  private Setting<PipelineConfig> pipeline(Section section) {
    var model = section.required("model", models, "The model that computes.");
    var signature =
        section.optional(
            "signature", PipelineConfig.SIGNATURE, "serving_default", "The signature that is run.");
    var guarantee =
        section.optional(
            "guarantee",
            PipelineConfig.GUARANTEE,
            "exactly_once_v2",
            "What a crash may do to outcomes: nothing that a read_committed consumer sees, or write"
                + " some again.");
    var startFrom =
        section.required(
            "start-from",
            StartFrom.SYNTAX,
            "Where a partition begins that has no committed offset. An offset out of range halts"
                + " the pipeline.");
    var input = input(section.section("input"));
    var output = output(section.section("output"));
    var deadLetters = deadLetters(section.section("dead-letters"));
    var batch = batch(section.section("batch"));
    var onModelFailure =
        section.optional(
            "on-model-failure",
            PipelineConfig.ON_MODEL_FAILURE,
            "halt",
            "What follows when the version is to blame and not the records: no dead letters, and the"
                + " pipeline stops until another version is active. With `roll-back` the instance"
                + " proposes to the fleet the version that was active before; with `halt` somebody"
                + " has to promote one.");
    var share =
        section.optional(
            "share",
            PipelineConfig.SHARE,
            "1",
            "The weight of the pipeline's batches on the inference threads: with 3 it gets three"
                + " times as much of their time as one with 1, while both want it.");
    var threads =
        section.optional(
            "threads",
            PipelineConfig.THREADS,
            "1",
            "Stream threads, which share the input's partitions (`num.stream.threads`).");
    var kafka =
        section.texts("kafka", new Passed(Map.of(), KafkaKeys::pipelineRemark, values -> {}));
    return section.build(
        () ->
            new PipelineConfig(
                model.get(),
                signature.get(),
                guarantee.get(),
                startFrom.get(),
                input.get(),
                output.get(),
                deadLetters.get(),
                batch.get(),
                onModelFailure.get(),
                share.get(),
                threads.get(),
                kafka.get()));
  }

  private Setting<PipelineConfig.Input> input(Section section) {
    var topic = section.required("topic", topics, "The topic to read.");
    var format =
        section.optional(
            "format",
            PipelineConfig.FORMAT,
            "avro",
            "How records are written: Avro in Confluent's framing.");
    var fields =
        section.lists(
            "fields",
            Syntax.text("a field's path, dots between names, or a list of them"),
            "the field of the input's name",
            "What feeds that input of the signature. Several fields are stacked, in that order.");
    return section.build(() -> new PipelineConfig.Input(topic.get(), format.get(), fields.get()));
  }

  private Setting<PipelineConfig.Output> output(Section section) {
    var topic = section.required("topic", topics, "The topic of the predictions.");
    var format =
        section.optional(
            "format",
            PipelineConfig.FORMAT,
            "avro",
            "How predictions are written: Avro, in a schema made from the signature's outputs.");
    var nonFinite =
        section.optional(
            "non-finite",
            PipelineConfig.NON_FINITE,
            "pass",
            "What becomes of a record with an output that is infinite or not a number.");
    List.of("outputs", "copy").forEach(section::notYet);
    return section.build(
        () -> new PipelineConfig.Output(topic.get(), format.get(), nonFinite.get()));
  }

  private Setting<PipelineConfig.DeadLetters> deadLetters(Section section) {
    var topic =
        section.required("topic", topics, "The topic of records that no prediction is made of.");
    return section.build(() -> new PipelineConfig.DeadLetters(topic.get()));
  }

  private static Setting<BatchConfig> batch(Section section) {
    var mode =
        section.optional(
            "mode",
            BatchConfig.MODE,
            BatchConfig.FIXED,
            "How the size of batches is chosen: by `rows` and `linger`, or found out from what runs"
                + " take and what waits, for `latency` and up to `max-rows`.");
    boolean auto = mode.valid().filter(BatchConfig.AUTO::equals).isPresent();
    var fixedRows =
        section.optionalWhere(
            !auto,
            "not used with mode: auto, which has max-rows",
            "rows",
            BatchConfig.ROWS,
            "128",
            "The most rows that are run at once, with `mode: fixed`.");
    var maxRows =
        section.optionalWhere(
            auto,
            "not used with mode: fixed, which has rows",
            "max-rows",
            BatchConfig.ROWS,
            "256",
            "The most rows that are run at once, with `mode: auto`.");
    var rows = auto ? maxRows : fixedRows;
    var latency =
        section.optionalWhere(
            auto,
            "not used with mode: fixed, which has linger",
            "latency",
            BatchConfig.LATENCY,
            "20ms",
            "The goal of `mode: auto`, from record in to prediction out, for 99 of 100 records while"
                + " the pipeline keeps up.");
    var bytes =
        section.optional(
            "bytes",
            BatchConfig.BYTES,
            "16MiB",
            "The most bytes of inputs that are run at once. A larger row is run alone.");
    var allowedSizes =
        section.list(
            "allowed-sizes",
            BatchConfig.ROWS,
            new Absent("any size"),
            "The sizes that batches are run at, the last being `rows` or `max-rows`: smaller ones are padded up to"
                + " the next with copies of their last row, which no output shows. A model that"
                + " takes one size only needs no list. A list.");
    var cost = cost(section.section("cost"));
    var linger =
        section.optionalWhere(
            !auto,
            "not used with mode: auto, which has latency",
            "linger",
            BatchConfig.LINGER,
            "5ms",
            "How long a row may wait for others, with `mode: fixed`. A bound: a quiet stream does"
                + " not wait.");
    var maxAge =
        section.optional(
            "max-age",
            BatchConfig.MAX_AGE,
            new Absent("any age"),
            "A record whose timestamp is longer ago becomes a dead letter (`TOO_OLD`).");
    var padding =
        section.values(
            "padding",
            BatchConfig.PADDING,
            new Absent("no padding: equal lengths only share a batch"),
            "What shorter rows of that input are filled up with, to the longest of their batch.");
    var lengthBuckets =
        section.list(
            "length-buckets",
            BatchConfig.LENGTH_BUCKET,
            new Absent("none"),
            "Lengths that padded inputs are filled up to, each with batches of its own, so that a"
                + " long row does not slow short ones. A longer row keeps its length. A list.");
    String fourBatches = Integer.toString(4 * rows.valid().orElse(128));
    var inFlight =
        section.optional(
            "max-in-flight-rows",
            BatchConfig.MAX_IN_FLIGHT_ROWS,
            fourBatches,
            "4 × `rows`, or 4 × `max-rows`",
            "The most records between input and outcome.");
    var inFlightBytes =
        section.optional(
            "max-in-flight-bytes",
            BatchConfig.MAX_IN_FLIGHT_BYTES,
            "64MiB",
            "The most bytes of such records.");

    return section.build(
        () ->
            new BatchConfig(
                auto ? latency.get() : null,
                rows.get(),
                bytes.get(),
                allowedSizes.get(),
                cost.get().orElse(null),
                linger.get(),
                maxAge.get().orElse(null),
                padding.get(),
                lengthBuckets.get(),
                inFlight.get(),
                inFlightBytes.get()));
  }

  private static Setting<Optional<BatchConfig.Cost>> cost(Section section) {
    var input =
        section.optional(
            "input",
            BatchConfig.COST_INPUT,
            new Absent("none"),
            "The input whose elements count, such as tokens: one with an open dimension.");
    var max =
        section.optional(
            "max",
            BatchConfig.COST_MAX,
            new Absent("no limit"),
            "The most elements that are run at once: rows × the longest of the batch.");
    return section.build(
        () -> {
          if (input.get().isPresent() != max.get().isPresent()) {
            String missing = input.get().isPresent() ? "max" : "input";
            throw new IllegalArgumentException(
                missing + ": missing (expected: both input and max)");
          }
          return input.get().map(name -> new BatchConfig.Cost(name, max.get().orElseThrow()));
        });
  }
}

package io.penstock.config.load;

import io.penstock.codec.MappingException;
import io.penstock.codec.catalog.FormatCatalog;
import io.penstock.codec.catalog.PipelineFormats;
import io.penstock.config.BatchConfig;
import io.penstock.config.ControlTopics;
import io.penstock.config.PipelineConfig;
import io.penstock.config.SchemaFile;
import io.penstock.config.StartFrom;
import io.penstock.config.Syntax;
import io.penstock.config.kafka.KafkaKeys;
import io.penstock.config.section.Absent;
import io.penstock.config.section.Passed;
import io.penstock.config.section.Section;
import io.penstock.config.section.Setting;
import io.penstock.registry.NoRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** The keys of {@code pipelines}, with their defaults. */
final class PipelineBinder {

  /** Where no record is asked for: a format is only made to see whether it can be. */
  private static final String NO_TOPIC = "";

  private final FormatCatalog catalog;
  private final Path folder;
  private final PipelineFormats formats;
  private final Syntax<String> models;
  private final Syntax<String> topics;

  /**
   * A binder for pipelines of those models in that service, as far as they are known, that resolves
   * paths against {@code folder}.
   */
  PipelineBinder(FormatCatalog catalog, Path folder, Set<String> models, Optional<String> service) {
    this.catalog = catalog;
    this.folder = folder;
    this.formats = new PipelineFormats(catalog, new NoRegistry(), false);
    this.models = Syntax.nameOf("models", models);
    this.topics =
        service
            .map(name -> ControlTopics.of(name).all())
            .map(taken -> PipelineConfig.TOPIC.except(taken, "not a control topic of the service"))
            .orElse(PipelineConfig.TOPIC);
  }

  Map<String, Setting<PipelineConfig>> bind(Section root) {
    Map<String, Setting<PipelineConfig>> pipelines = new LinkedHashMap<>();
    root.sectionsIfAny("pipelines", PipelineConfig.NAME)
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
    var deadLetters =
        deadLetters(
            section.section("dead-letters"),
            PipelineConfig.deadLetterFormat(
                input.valid().map(PipelineConfig.Input::format).orElse(""),
                output.valid().map(PipelineConfig.Output::format).orElse("")));
    var threads =
        section.optional(
            "threads",
            PipelineConfig.THREADS,
            "1",
            "Stream threads, which share the input's partitions (`num.stream.threads`).");
    var batch = batch(section.section("batch"), threads);
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
    var kafka =
        section.texts("kafka", new Passed(Map.of(), KafkaKeys::pipelineRemark, values -> {}));
    return section.build(
        () -> {
          require(() -> formats.requireCopies(input.get(), output.get()));
          return new PipelineConfig(
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
              kafka.get());
        });
  }

  private SchemaFile schemaFile(String path) {
    try {
      Path file = folder.resolve(path).normalize();
      return new SchemaFile(file.toString(), Files.readString(file));
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("copy-schema: " + path + " (expected: a file)", e);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "copy-schema: %s: %s (expected: a file with an Avro schema)".formatted(path, e), e);
    }
  }

  private Setting<PipelineConfig.Input> input(Section section) {
    var topic = section.required("topic", topics, "The topic to read.");
    var format =
        section.optional(
            "format",
            Syntax.nameOf("formats", catalog.inputNames()),
            "avro",
            "How records are written: Avro in Confluent's framing; one JSON instance as of TensorFlow"
                + " Serving's REST API; the bare bytes of one tensor; a `tf.Example`. See"
                + " [formats](formats.md).");
    var fields =
        section.lists(
            "fields",
            Syntax.text("a field's path, dots between names, or a list of them"),
            "the field of the input's name",
            "What feeds that input of the signature. Several fields are stacked, in that order.");
    var casts =
        section.values(
            "casts",
            PipelineConfig.CAST,
            new Absent("`widening`"),
            "How numbers of other types become that input's: `widening` takes what its dtype holds"
                + " exactly, `narrowing` rounds to the nearest, such as doubles for a float32.");
    var defaults =
        section.values(
            "defaults",
            PipelineConfig.INPUT_VALUE,
            new Absent("none: such a record is a dead letter"),
            "What stands in for a field of that input that is missing or null, in each element.");
    var constants =
        section.values(
            "constants",
            PipelineConfig.INPUT_VALUE,
            new Absent("none: a field feeds it"),
            "The value of an input that no field feeds, in each element.");
    var tombstones =
        section.optional(
            "tombstones",
            PipelineConfig.TOMBSTONES,
            "dead-letter",
            "What becomes of a record whose value is null: a dead letter (`NULL_VALUE`), a tombstone"
                + " in the output, or nothing. Its key is kept.");
    var options = options(section);
    return section.build(
        () -> {
          var input =
              new PipelineConfig.Input(
                  topic.get(),
                  format.get(),
                  fields.get(),
                  casts.get(),
                  defaults.get(),
                  constants.get(),
                  tombstones.get(),
                  options.get(),
                  section.where("fields"));
          requireFormat(() -> formats.input(input));
          return input;
        });
  }

  private Setting<PipelineConfig.Output> output(Section section) {
    var topic = section.required("topic", topics, "The topic of the predictions.");
    var format =
        section.optional(
            "format",
            Syntax.nameOf("formats", catalog.outputNames()),
            "avro",
            "How predictions are written: Avro, in a schema made from the signature's outputs; one"
                + " JSON object; the bare bytes of one output.");
    var outputs =
        section.list(
            "outputs",
            Syntax.text("an output of the signature, or: output as other-name"),
            new Absent("all of the signature's"),
            "The outputs that predictions hold; `score as fraud_score` renames one. A list.");
    var nonFinite =
        section.optional(
            "non-finite",
            PipelineConfig.NON_FINITE,
            "pass",
            "What becomes of a record with an output that is infinite or not a number.");
    var topClasses = topClasses(section.section("top-classes"));
    var copy =
        section.list(
            "copy",
            Syntax.text("a field's path, dots between names, or: path as other-name"),
            new Absent("none"),
            "Fields of the input record that its prediction holds, too, such as an id;"
                + " `card.country as country` gives one another name. A list. See"
                + " [formats](formats.md#fields-of-the-input).");
    var copySchema =
        section.optional(
            "copy-schema",
            Syntax.text("a file"),
            new Absent("the newest schema registered for the input topic"),
            "An Avro schema of the input's records, by which copied fields have their types in Avro"
                + " predictions. Relative to the file's folder.");
    var options = options(section);
    return section.build(
        () -> {
          var output =
              new PipelineConfig.Output(
                  topic.get(),
                  format.get(),
                  outputs.get(),
                  topClasses.get().orElse(null),
                  copy.get(),
                  copySchema.get().map(this::schemaFile).orElse(null),
                  nonFinite.get(),
                  options.get());
          requireFormat(() -> formats.output(NO_TOPIC, output));
          return output;
        });
  }

  private static Setting<Optional<PipelineConfig.TopClasses>> topClasses(Section section) {
    var of =
        section.optional(
            "of",
            PipelineConfig.SCORES,
            new Absent("none: scores of all classes"),
            "An output with a score for each class, in whose place predictions hold the outputs"
                + " `classes` and `scores` of the best ones, best first. See"
                + " [formats](formats.md#the-best-classes).");
    var count =
        section.optional(
            "count", PipelineConfig.TOP_COUNT, "1", "How many classes a prediction holds.");
    var labels =
        section.optional(
            "labels",
            PipelineConfig.LABELS,
            new Absent("none: classes are their index"),
            "A file in each version's folder with the names of the classes, one on each line.");
    return section.build(
        () -> {
          if (of.get().isEmpty() && labels.get().isPresent()) {
            throw new IllegalArgumentException(
                "of: missing (expected: the output with the scores)");
          }
          return of.get()
              .map(
                  output ->
                      new PipelineConfig.TopClasses(
                          output, count.get(), labels.get().orElse(null)));
        });
  }

  private static Setting<Map<String, String>> options(Section section) {
    return section.values(
        "options",
        Syntax.text("a text"),
        new Absent("none"),
        "What a custom format understands; Penstock's own take none.");
  }

  /** Has a format made, which refuses what it is not made of. */
  private static void requireFormat(Supplier<?> maker) {
    require(
        () -> {
          var unused = maker.get();
        });
  }

  private static void require(Runnable check) {
    try {
      check.run();
    } catch (MappingException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  private Setting<PipelineConfig.DeadLetters> deadLetters(
      Section section, PipelineConfig.DeadLetterFormat formatByDefault) {
    var topic =
        section.required("topic", topics, "The topic of records that no prediction is made of.");
    var format =
        section.optional(
            "format",
            PipelineConfig.DEAD_LETTER_FORMAT,
            formatByDefault.toString(),
            "`avro` where input or output is, else `json`",
            "How dead letters are written: Avro in Confluent's framing, or one JSON object each.");
    return section.build(() -> new PipelineConfig.DeadLetters(topic.get(), format.get()));
  }

  private static Setting<BatchConfig> batch(Section section, Setting<Integer> threads) {
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
            "The most bytes of inputs that are run at once, padding included. A larger row is run"
                + " alone, and one that padding to `allowed-sizes` makes larger is a dead letter.");
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
            "A record whose timestamp is longer ago, when it comes or when its prediction would leave,"
                + " becomes a dead letter (`TOO_OLD`).");
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
    String fourBatches = Integer.toString(4 * rows.valid().orElse(128) * threads.valid().orElse(1));
    var inFlight =
        section.optional(
            "max-in-flight-rows",
            BatchConfig.MAX_IN_FLIGHT_ROWS,
            fourBatches,
            "4 × `rows`, or 4 × `max-rows`, for each of the `threads`",
            "The most records between input and outcome, in equal parts for the `threads`. As many"
                + " predictions may wait in memory for one before them.");
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

package io.penstock.config;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A pipeline: records of one topic through one model into another topic.
 *
 * @param model the name of a configured model
 * @param signature the signature that is run
 * @param guarantee what a crash may do to outcomes
 * @param startFrom where a partition begins that has no committed offset
 * @param onModelFailure what follows when a version cannot be run any more
 * @param share the weight of its batches on the inference threads
 * @param threads the stream threads ({@code num.stream.threads})
 * @param kafka Kafka keys for this pipeline only, on top of the service's
 */
public record PipelineConfig(
    String model,
    String signature,
    Guarantee guarantee,
    StartFrom startFrom,
    Input input,
    Output output,
    DeadLetters deadLetters,
    BatchConfig batch,
    OnModelFailure onModelFailure,
    int share,
    int threads,
    Map<String, String> kafka) {

  /** The name of a pipeline, which becomes a part of its {@code application.id}. */
  public static final Syntax<String> NAME =
      Syntax.matching(
          Pattern.compile("[a-zA-Z0-9._-]{1,100}"),
          "up to 100 letters, digits, '.', '_' and '-', as in a Kafka application.id");

  /** Kafka's own rule ({@code org.apache.kafka.common.internals.Topic}). */
  public static final Syntax<String> TOPIC =
      Syntax.matching(
          Pattern.compile("(?!\\.{1,2}$)[a-zA-Z0-9._-]{1,249}"),
          "a topic name: up to 249 letters, digits, '.', '_' and '-'");

  public static final Syntax<String> SIGNATURE =
      Syntax.matching(Pattern.compile("\\S.*"), "a signature of the model");
  public static final Syntax<Guarantee> GUARANTEE = Syntax.choice(List.of(Guarantee.values()));

  public static final Syntax<OnModelFailure> ON_MODEL_FAILURE =
      Syntax.choice(List.of(OnModelFailure.values()));

  public static final Syntax<Integer> SHARE = Syntax.wholeNumber(1, 1_000);
  public static final Syntax<Integer> THREADS = Syntax.wholeNumber(1, 1_024);
  public static final Syntax<Tombstones> TOMBSTONES = Syntax.choice(List.of(Tombstones.values()));
  public static final Syntax<Cast> CAST = Syntax.choice(List.of(Cast.values()));

  /** What it has to be is known with the signature. */
  public static final Syntax<String> INPUT_VALUE =
      Syntax.matching(Pattern.compile("(?s).*"), "a value of the input's dtype");

  public static final Syntax<NonFinite> NON_FINITE = Syntax.choice(List.of(NonFinite.values()));
  public static final Syntax<String> FORMAT =
      Syntax.matching(
          Pattern.compile("[a-z0-9][a-z0-9-]{0,62}"), "a format's name: letters, digits and '-'");

  public static final Syntax<String> SCORES =
      Syntax.matching(Pattern.compile("\\S.*"), "an output of the signature");
  public static final Syntax<Integer> TOP_COUNT = Syntax.wholeNumber(1, 1000);
  public static final Syntax<String> LABELS =
      Syntax.matching(
          Pattern.compile("(?![/~])(?!(.*/)?\\.\\.(/.*)?$)\\S.*"),
          "a path in a version's folder, such as assets/labels.txt");

  public static final Syntax<DeadLetterFormat> DEAD_LETTER_FORMAT =
      Syntax.choice(List.of(DeadLetterFormat.values()));

  /** The one format of Penstock's own that needs a registry. */
  private static final String AVRO = "avro";

  public PipelineConfig {
    Objects.requireNonNull(model, "model");
    SIGNATURE.check("signature", signature);
    Objects.requireNonNull(guarantee, "guarantee");
    Objects.requireNonNull(startFrom, "startFrom");
    requireOther("output.topic", output.topic(), "input.topic", input.topic());
    requireOther("dead-letters.topic", deadLetters.topic(), "input.topic", input.topic());
    requireOther("dead-letters.topic", deadLetters.topic(), "output.topic", output.topic());
    Objects.requireNonNull(batch, "batch");
    Objects.requireNonNull(onModelFailure, "onModelFailure");
    SHARE.check("share", share);
    THREADS.check("threads", threads);
    kafka = Map.copyOf(kafka);
    if (batch.maxInFlightRows() / threads < batch.rows()) {
      throw new IllegalArgumentException(
          "batch.max-in-flight-rows: "
              + batch.maxInFlightRows()
              + " (expected: at least "
              + (long) batch.rows() * threads
              + ", a batch for each of the threads: "
              + threads
              + ")");
    }
  }

  /** Without the Kafka keys, which may hold secrets. */
  @Override
  public String toString() {
    return "PipelineConfig[" + input.topic() + " -> " + model + " -> " + output.topic() + "]";
  }

  private static void requireOther(String key, String topic, String otherKey, String other) {
    if (topic.equals(other)) {
      throw new IllegalArgumentException(
          key + ": " + topic + " (expected: another topic than " + otherKey + ")");
    }
  }

  /** What a crash may do to outcomes; Kafka's names. */
  public enum Guarantee {
    /** A read_committed consumer sees one outcome per input. */
    EXACTLY_ONCE_V2,
    /** No input is lost; outcomes may be written again. */
    AT_LEAST_ONCE;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What follows when a version cannot be run any more. The pipeline stops in any case. */
  public enum OnModelFailure {
    /** Somebody promotes another version. */
    HALT,
    /** The instance proposes to the fleet to roll back. */
    ROLL_BACK;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** What becomes of a record whose value is null. */
  public enum Tombstones {
    /** It is a dead letter. */
    DEAD_LETTER,
    /** It is written to the output as it is. */
    PASS,
    /** It has no outcome. */
    DROP;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** How numbers become those of an input's dtype; Apache Beam's names. */
  public enum Cast {
    /** As far as it holds them exactly. */
    WIDENING,
    /** Rounded to the nearest that it holds. */
    NARROWING;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What becomes of a record with an output that is infinite or not a number. */
  public enum NonFinite {
    /** It is a prediction as any other. */
    PASS,
    /** It is a dead letter. */
    DEAD_LETTER;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** How dead letters are written. */
  public enum DeadLetterFormat {
    /** Avro in Confluent's framing. */
    AVRO,
    /** JSON, with base64 where bytes are no text. */
    JSON;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Whether another pipeline is configured as this one, wherever that stands in its file. */
  public boolean saysTheSameAs(PipelineConfig other) {
    return at("").equals(other.at(""));
  }

  private PipelineConfig at(String where) {
    return new PipelineConfig(
        model,
        signature,
        guarantee,
        startFrom,
        input.at(where),
        output,
        deadLetters,
        batch,
        onModelFailure,
        share,
        threads,
        kafka);
  }

  /** Whether something of it is written in Avro, whose schemas are in a registry. */
  boolean usesAvro() {
    return readsAvro() || writesAvro() || deadLetters.format() == DeadLetterFormat.AVRO;
  }

  /** Whether its records are Avro. */
  public boolean readsAvro() {
    return input.format().equals(AVRO);
  }

  /** Whether its predictions are Avro. */
  public boolean writesAvro() {
    return output.format().equals(AVRO);
  }

  /** How dead letters are written where nobody says so: as what is beside them. */
  public static DeadLetterFormat deadLetterFormat(String inputFormat, String outputFormat) {
    return inputFormat.equals(AVRO) || outputFormat.equals(AVRO)
        ? DeadLetterFormat.AVRO
        : DeadLetterFormat.JSON;
  }

  /**
   * What goes in.
   *
   * @param format the name of an input format
   * @param fields signature input → field paths, stacked where there are several; an input that is
   *     not named here is filled by the field of its own name
   * @param casts signature input → how numbers of other types become its own; {@link Cast#WIDENING}
   *     for an input that is not named here
   * @param defaults signature input → what stands in for a field that is missing or null
   * @param constants signature input → its value, which no field feeds
   * @param tombstones what becomes of records without a value
   * @param options for a format that is not Penstock's own
   * @param where the place that says what feeds the inputs, for messages: {@code fraud.yaml:14}
   */
  public record Input(
      String topic,
      String format,
      Map<String, List<String>> fields,
      Map<String, Cast> casts,
      Map<String, String> defaults,
      Map<String, String> constants,
      Tombstones tombstones,
      Map<String, String> options,
      String where) {
    public Input {
      TOPIC.check("input.topic", topic);
      FORMAT.check("input.format", format);
      fields = Map.copyOf(fields);
      casts = Map.copyOf(casts);
      defaults = Map.copyOf(defaults);
      constants = Map.copyOf(constants);
      Objects.requireNonNull(tombstones, "tombstones");
      options = Map.copyOf(options);
      Objects.requireNonNull(where, "where");
    }

    private Input at(String place) {
      return new Input(
          topic, format, fields, casts, defaults, constants, tombstones, options, place);
    }
  }

  /**
   * What comes out.
   *
   * @param format the name of an output format
   * @param outputs the outputs that predictions hold, each by another name with {@code a as b}; all
   *     where it is empty
   * @param topClasses what stands in place of an output with scores of all classes; null if nothing
   *     does
   * @param copy the fields of the input that predictions hold, each by another name with {@code a
   *     as b}
   * @param copySchema the file with the schema that says of which types these are; null where the
   *     input's newest registered one does
   * @param options for a format that is not Penstock's own
   */
  public record Output(
      String topic,
      String format,
      List<String> outputs,
      @Nullable TopClasses topClasses,
      List<String> copy,
      @Nullable SchemaFile copySchema,
      NonFinite nonFinite,
      Map<String, String> options) {
    public Output {
      TOPIC.check("output.topic", topic);
      FORMAT.check("output.format", format);
      outputs = List.copyOf(outputs);
      copy = List.copyOf(copy);
      Objects.requireNonNull(nonFinite, "nonFinite");
      options = Map.copyOf(options);
    }
  }

  /**
   * The best classes of an output with a score for each class.
   *
   * @param of the output
   * @param count how many classes
   * @param labels the file with their names, by its path in a version's folder; null where they are
   *     known by their index
   */
  public record TopClasses(String of, int count, @Nullable String labels) {
    public TopClasses {
      SCORES.check("output.top-classes.of", of);
      TOP_COUNT.check("output.top-classes.count", count);
      if (labels != null) {
        LABELS.check("output.top-classes.labels", labels);
      }
    }
  }

  /** Where records go that no prediction can be made of. */
  public record DeadLetters(String topic, DeadLetterFormat format) {
    public DeadLetters {
      TOPIC.check("dead-letters.topic", topic);
      Objects.requireNonNull(format, "format");
    }
  }
}

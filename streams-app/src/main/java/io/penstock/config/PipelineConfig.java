package io.penstock.config;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

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
  public static final Syntax<NonFinite> NON_FINITE = Syntax.choice(List.of(NonFinite.values()));
  public static final Syntax<Format> FORMAT =
      Syntax.choice(List.of(Format.values())).notYet("json", "tf-example", "raw");

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

  /** How records are written. */
  public enum Format {
    /** Avro in Confluent's framing. */
    AVRO;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * What goes in.
   *
   * @param fields signature input → field paths, stacked where there are several; an input that is
   *     not named here is filled by the field of its own name
   */
  public record Input(String topic, Format format, Map<String, List<String>> fields) {
    public Input {
      TOPIC.check("input.topic", topic);
      Objects.requireNonNull(format, "format");
      fields = Map.copyOf(fields);
    }
  }

  /** What comes out. */
  public record Output(String topic, Format format, NonFinite nonFinite) {
    public Output {
      TOPIC.check("output.topic", topic);
      Objects.requireNonNull(format, "format");
      Objects.requireNonNull(nonFinite, "nonFinite");
    }
  }

  /** Where records go that no prediction can be made of. */
  public record DeadLetters(String topic) {
    public DeadLetters {
      TOPIC.check("dead-letters.topic", topic);
    }
  }
}

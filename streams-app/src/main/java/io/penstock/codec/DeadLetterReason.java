package io.penstock.codec;

/** Why a record became a dead letter, and at which stage. Names are part of the interface. */
public enum DeadLetterReason {
  /** The record's timestamp is longer ago than {@code batch.max-age}. */
  TOO_OLD(Stage.ADMIT),
  /**
   * The version that the record's timestamp asks for serves no more, and {@code control.stragglers}
   * says dead-letter.
   */
  STRAGGLER(Stage.ADMIT),
  /** The value is null (a tombstone). */
  NULL_VALUE(Stage.DECODE),
  /** The bytes are not of the format: no magic byte, truncated, lengths out of range. */
  MALFORMED(Stage.DECODE),
  /** The registry does not know the schema id. */
  UNKNOWN_SCHEMA(Stage.DECODE),
  /**
   * The record, or its schema, lacks a field that an input needs, or has it with a type that does
   * not fit.
   */
  SCHEMA_MISMATCH(Stage.MAP),
  /** A field that an input needs is null. */
  NULL_FIELD(Stage.MAP),
  /** A value has the wrong number of elements for its input. */
  SHAPE_MISMATCH(Stage.MAP),
  /** A number does not fit into the input's dtype. */
  VALUE_OUT_OF_RANGE(Stage.MAP),
  /** The model fails on this record and on no other of its batch. */
  INFERENCE_FAILED(Stage.INFER),
  /** An output is infinite or not a number, and {@code output.non-finite} says dead-letter. */
  NON_FINITE_OUTPUT(Stage.INFER),
  /** The outputs cannot be encoded. */
  UNENCODABLE(Stage.ENCODE),
  /** The prediction is larger than the producer or the topic takes. */
  OVERSIZE_PREDICTION(Stage.ENCODE);

  /** Where in its way a record failed. */
  public enum Stage {
    ADMIT,
    DECODE,
    MAP,
    INFER,
    ENCODE
  }

  private final Stage stage;

  DeadLetterReason(Stage stage) {
    this.stage = stage;
  }

  public Stage stage() {
    return stage;
  }
}

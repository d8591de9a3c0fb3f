package io.penstock.pipeline;

/** What becomes of records whose value is null: in compacted topics, deletions of their keys. */
public enum Tombstones {
  /** They are dead letters. */
  DEAD_LETTER,
  /** They are written to the output as they are, in their order. */
  PASS,
  /** They have no outcome; their offsets are committed like any. */
  DROP
}

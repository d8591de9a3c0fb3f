package io.penstock.control.message;

import java.util.List;

/** What the bytes of a record on a control topic turned out to be. Immutable. */
public sealed interface Decoded<T> {

  /**
   * A message of the expected type.
   *
   * @param unknownFields paths of what it says beyond the schema, in order; a newer version may
   *     have written them
   */
  record Message<T>(T value, List<String> unknownFields) implements Decoded<T> {

    public Message {
      unknownFields = List.copyOf(unknownFields);
    }

    public Message(T value) {
      this(value, List.of());
    }
  }

  /** Bytes that are no such message, and why, naming the place. */
  record Garbage<T>(String reason) implements Decoded<T> {}
}

package io.penstock.codec.json.row;

import io.penstock.codec.DeadLetterReason;
import io.penstock.codec.UndecodableRecordException;
import io.penstock.codec.Utf8;

/**
 * A position in a record's JSON (RFC 8259, strictly: no comments, no NaN, no trailing commas).
 * Trusts no byte: UTF-8 is checked first, nesting has a limit, and nothing that is read is larger
 * than the record. Every failure is an {@link UndecodableRecordException} that names its byte.
 *
 * <p>Not thread-safe: a decoder's own.
 */
final class JsonCursor {

  /** What {@link #peek()} gives behind the last byte. */
  static final int END = -1;

  /** Levels of arrays and objects; far above what people nest, far below the stack. */
  private static final int MAX_DEPTH = 256;

  private final JsonNumber number = new JsonNumber();
  private final JsonText text = new JsonText();
  private byte[] bytes = new byte[0];
  private int position;
  private int depth;

  /** Begins to read that record. */
  void over(byte[] record) {
    bytes = record;
    position = Utf8.firstInvalid(record);
    if (position < record.length) {
      throw malformed("not UTF-8");
    }
    position = 0;
    depth = 0;
  }

  int position() {
    return position;
  }

  /** Goes back to a position that has been passed. */
  void rewind(int passed) {
    position = passed;
  }

  /** Passes white space; the byte behind it, or {@link #END}. */
  int peek() {
    while (position < bytes.length) {
      byte next = bytes[position];
      if (next > ' ' || (next != ' ' && next != '\n' && next != '\r' && next != '\t')) {
        return next & 0xff;
      }
      position++;
    }
    return END;
  }

  /** Passes that byte if it is the next. */
  boolean accept(char expected) {
    if (peek() == expected) {
      position++;
      return true;
    }
    return false;
  }

  void expect(char expected) {
    if (!accept(expected)) {
      throw unexpected("'" + expected + "'");
    }
  }

  /** Passes the end of a list's item: true if another one comes. */
  boolean acceptNext(char end) {
    if (accept(',')) {
      return true;
    }
    if (accept(end)) {
      return false;
    }
    throw unexpected("',' or '" + end + "'");
  }

  void expectEnd() {
    if (peek() != END) {
      throw malformed(bytes.length - position + " bytes are left over (expected: one value)");
    }
  }

  /** Reads a number, which is valid until the next one is read. */
  JsonNumber readNumber() {
    peek();
    int end = number.scan(bytes, position);
    if (end < 0) {
      int next = peek();
      throw next == '-' || (next >= '0' && next <= '9')
          ? malformed("a number that JSON does not have (expected: one such as -0.5 or 1e-3)")
          : unexpected("a value of JSON, which has no NaN or infinity");
    }
    if (end - position > JsonNumber.MAX_LENGTH) {
      throw malformed(
          "a number has %d characters (expected: at most %d)"
              .formatted(end - position, JsonNumber.MAX_LENGTH));
    }
    position = end;
    return number;
  }

  boolean readBoolean() {
    boolean value = peek() == 't';
    readLiteral(value ? "true" : "false");
    return value;
  }

  void readNull() {
    readLiteral("null");
  }

  private void readLiteral(String literal) {
    for (int i = 0; i < literal.length(); i++) {
      if (position + i >= bytes.length || bytes[position + i] != literal.charAt(i)) {
        throw unexpected("a value of JSON");
      }
    }
    position += literal.length();
  }

  /** Reads a string, which is valid until the next one is read. */
  JsonText readText() {
    expect('"');
    position = text.scan(bytes, position, this);
    return text;
  }

  /** Passes a value that no input needs, without building it. */
  void skip() {
    switch (peek()) {
      case '"' -> readText();
      case '{' -> skipObject();
      case '[' -> skipArray();
      case 't', 'f' -> readBoolean();
      case 'n' -> readNull();
      default -> readNumber();
    }
  }

  private void skipObject() {
    descend();
    expect('{');
    if (!accept('}')) {
      do {
        readText();
        expect(':');
        skip();
      } while (acceptNext('}'));
    }
    depth--;
  }

  private void skipArray() {
    descend();
    expect('[');
    if (!accept(']')) {
      do {
        skip();
      } while (acceptNext(']'));
    }
    depth--;
  }

  private void descend() {
    if (++depth > MAX_DEPTH) {
      throw malformed("values nest deeper than " + MAX_DEPTH + " levels");
    }
  }

  /** What comes next, in words. */
  String describeNext() {
    return switch (peek()) {
      case '"' -> "a string";
      case '{' -> "an object";
      case '[' -> "an array";
      case 't', 'f' -> "a boolean";
      case 'n' -> "null";
      default -> "a number";
    };
  }

  private UndecodableRecordException unexpected(String expected) {
    int next = peek();
    String found =
        next == END
            ? "the end"
            : next > ' ' && next < 0x7f ? "'" + (char) next + "'" : "0x%02x".formatted(next);
    return malformed(found + " (expected: " + expected + ")");
  }

  UndecodableRecordException malformed(int at, String what) {
    position = at;
    return malformed(what);
  }

  UndecodableRecordException malformed(String what) {
    return new UndecodableRecordException(
        DeadLetterReason.MALFORMED, "Malformed JSON at byte " + position + ": " + what);
  }
}

package io.penstock.codec.json.row;

import java.util.Arrays;

/**
 * The string that was scanned last: a part of the record where it has no escapes, else unescaped
 * into a buffer that is used again.
 *
 * <p>Not thread-safe: a cursor's own.
 */
final class JsonText {

  private byte[] bytes = new byte[0];
  private int from;
  private int to;
  private byte[] buffer = new byte[64];

  /** Where the scan is, and the record. */
  private byte[] record = bytes;

  private int position;

  /**
   * Reads a string behind its opening quote; where it ends, behind the closing one.
   *
   * @param in says what is wrong
   */
  int scan(byte[] scanned, int begin, JsonCursor in) {
    for (int at = begin; at < scanned.length; at++) {
      byte next = scanned[at];
      if (next == '"') {
        bytes = scanned;
        from = begin;
        to = at;
        return at + 1;
      }
      if (next == '\\') {
        record = scanned;
        return unescape(begin, at, in);
      }
      if (next >= 0 && next < ' ') {
        throw in.malformed(at, "a control character in a string (expected: an escape such as \\n)");
      }
    }
    throw in.malformed(scanned.length, "a string is cut off");
  }

  /** Whether it is that one. */
  boolean is(byte[] other) {
    return to - from == other.length && Arrays.equals(bytes, from, to, other, 0, other.length);
  }

  byte[] copy() {
    return Arrays.copyOfRange(bytes, from, to);
  }

  private int unescape(int begin, int firstEscape, JsonCursor in) {
    // Unescaped, a text is never longer.
    if (buffer.length < record.length - begin) {
      buffer = new byte[record.length - begin];
    }
    int length = firstEscape - begin;
    System.arraycopy(record, begin, buffer, 0, length);
    position = firstEscape;
    while (position < record.length) {
      byte next = record[position++];
      if (next == '"') {
        bytes = buffer;
        from = 0;
        to = length;
        return position;
      }
      if (next == '\\') {
        length = append(escaped(in), length);
      } else if (next >= 0 && next < ' ') {
        throw in.malformed(
            position - 1, "a control character in a string (expected: an escape such as \\n)");
      } else {
        buffer[length++] = next;
      }
    }
    throw in.malformed(position, "a string is cut off");
  }

  private int escaped(JsonCursor in) {
    int kind = position < record.length ? record[position++] : JsonCursor.END;
    return switch (kind) {
      case '"', '\\', '/' -> kind;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> codePoint(in);
      default -> throw in.malformed(position - 1, "an escape that JSON does not have");
    };
  }

  private int codePoint(JsonCursor in) {
    char first = hex(in);
    if (!Character.isSurrogate(first)) {
      return first;
    }
    if (Character.isHighSurrogate(first)
        && position + 1 < record.length
        && record[position] == '\\'
        && record[position + 1] == 'u') {
      position += 2;
      char second = hex(in);
      if (Character.isLowSurrogate(second)) {
        return Character.toCodePoint(first, second);
      }
    }
    throw in.malformed(position, "half of a surrogate pair");
  }

  private char hex(JsonCursor in) {
    int value = 0;
    for (int i = 0; i < 4; i++) {
      int digit = position < record.length ? Character.digit(record[position], 16) : -1;
      if (digit < 0) {
        throw in.malformed(position, "an escape without four hexadecimal digits");
      }
      value = (value << 4) | digit;
      position++;
    }
    return (char) value;
  }

  private int append(int character, int length) {
    int at = length;
    if (character < 0x80) {
      buffer[at++] = (byte) character;
      return at;
    }
    if (character < 0x800) {
      buffer[at++] = (byte) (0xc0 | (character >> 6));
    } else {
      if (character < 0x10000) {
        buffer[at++] = (byte) (0xe0 | (character >> 12));
      } else {
        buffer[at++] = (byte) (0xf0 | (character >> 18));
        buffer[at++] = (byte) (0x80 | ((character >> 12) & 0x3f));
      }
      buffer[at++] = (byte) (0x80 | ((character >> 6) & 0x3f));
    }
    buffer[at++] = (byte) (0x80 | (character & 0x3f));
    return at;
  }
}

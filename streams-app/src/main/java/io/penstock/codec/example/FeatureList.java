package io.penstock.codec.example;

import io.penstock.codec.wire.WireCursor;
import java.util.Arrays;

/**
 * The values of a feature: their kind, and where they lie in the record. They are checked while
 * they are passed, and read only where somebody needs them.
 *
 * <p>Not thread-safe: a decoder's own.
 */
final class FeatureList {

  /** What a feature's values are. */
  enum Kind {
    NONE("nothing"),
    BYTES("bytes"),
    FLOATS("floats"),
    INTEGERS("integers");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    @Override
    public String toString() {
      return words;
    }
  }

  private static final int BYTES_LIST = WireCursor.tag(1, WireCursor.DELIMITED);
  private static final int FLOAT_LIST = WireCursor.tag(2, WireCursor.DELIMITED);
  private static final int INT64_LIST = WireCursor.tag(3, WireCursor.DELIMITED);

  /** A value of bytes, or several numbers. */
  private static final int DELIMITED = WireCursor.tag(1, WireCursor.DELIMITED);

  private static final int ONE_FLOAT = WireCursor.tag(1, WireCursor.FIXED32);
  private static final int ONE_INTEGER = WireCursor.tag(1, WireCursor.VARINT);

  private final WireCursor in;
  private Kind kind = Kind.NONE;
  private int count;

  /** Where its lists lie: from and to of each, in pairs. */
  private int[] bounds = new int[2];

  private int lists;

  /** The list that values are read of, and where the numbers end in it that stand together. */
  private int reading;

  private int packedTo;

  FeatureList(WireCursor in) {
    this.in = in;
  }

  Kind kind() {
    return kind;
  }

  /** How many values it has. */
  int count() {
    return count;
  }

  /** Forgets all values. */
  void clear() {
    kind = Kind.NONE;
    count = 0;
    lists = 0;
  }

  /** Takes the values of another. */
  void set(FeatureList other) {
    kind = other.kind;
    count = other.count;
    lists = other.lists;
    bounds = other.bounds.length > bounds.length ? other.bounds.clone() : bounds;
    System.arraycopy(other.bounds, 0, bounds, 0, 2 * lists);
  }

  /**
   * Passes the message {@code Feature} that comes next and adds its values. Lists of one kind are
   * one list, as protobuf merges messages; the first of another kind begins anew, as a {@code
   * oneof} does.
   */
  void pass() {
    int around = in.enter();
    while (in.hasMore()) {
      int tag = in.readTag();
      Kind next = kindOf(tag);
      if (next == Kind.NONE) {
        in.skip(tag);
      } else {
        passList(next);
      }
    }
    in.leave(around);
  }

  private static Kind kindOf(int tag) {
    if (tag == FLOAT_LIST) {
      return Kind.FLOATS;
    }
    if (tag == INT64_LIST) {
      return Kind.INTEGERS;
    }
    return tag == BYTES_LIST ? Kind.BYTES : Kind.NONE;
  }

  private void passList(Kind next) {
    int around = in.enter();
    if (kind != next) {
      clear();
      kind = next;
    }
    if (bounds.length == 2 * lists) {
      bounds = Arrays.copyOf(bounds, 2 * bounds.length);
    }
    bounds[2 * lists] = in.position();
    while (in.hasMore()) {
      count += passValues(in.readTag());
    }
    bounds[2 * lists + 1] = in.position();
    lists++;
    in.leave(around);
  }

  private int passValues(int tag) {
    if (tag == DELIMITED && kind == Kind.FLOATS) {
      int length = in.readLength();
      if (length % Float.BYTES != 0) {
        throw in.malformed("floats of " + length + " bytes (expected: a multiple of 4)");
      }
      in.take(length);
      return length / Float.BYTES;
    }
    if (tag == DELIMITED && kind == Kind.INTEGERS) {
      int around = in.enter();
      int values = 0;
      for (; in.hasMore(); values++) {
        in.readVarint();
      }
      in.leave(around);
      return values;
    }
    in.skip(tag);
    return isOne(tag) ? 1 : 0;
  }

  private boolean isOne(int tag) {
    return switch (kind) {
      case BYTES -> tag == DELIMITED;
      case FLOATS -> tag == ONE_FLOAT;
      case INTEGERS -> tag == ONE_INTEGER;
      case NONE -> false;
    };
  }

  /** Begins to read its values, wherever the cursor is. */
  void begin() {
    reading = 0;
    enterList();
  }

  private void enterList() {
    in.over(bounds[2 * reading], bounds[2 * reading + 1]);
    packedTo = in.position();
  }

  float nextFloat() {
    toNext();
    return in.readFloat();
  }

  long nextInteger() {
    toNext();
    return in.readVarint();
  }

  byte[] nextBytes() {
    toNext();
    int length = in.readLength();
    int start = in.take(length);
    return Arrays.copyOfRange(in.bytes(), start, start + length);
  }

  /** Passes what stands before the next value. */
  private void toNext() {
    while (in.position() >= packedTo) {
      while (!in.hasMore()) {
        reading++;
        enterList();
      }
      int tag = in.readTag();
      if (isOne(tag)) {
        return;
      }
      if (tag == DELIMITED) {
        int length = in.readLength();
        packedTo = in.position() + length;
      } else {
        in.skip(tag);
      }
    }
  }
}

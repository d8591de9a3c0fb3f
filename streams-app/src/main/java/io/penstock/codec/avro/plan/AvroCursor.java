package io.penstock.codec.avro.plan;

import io.penstock.codec.DeadLetterReason;
import io.penstock.codec.UndecodableRecordException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * A position in a record's Avro binary (Avro 1.12 specification, "Binary Encoding"). Trusts no
 * byte: every length is held against what is left before it is used, a varint has its five or ten
 * bytes and recursion has a limit, so that no record makes it loop or allocate more than the record
 * is long. Every failure is an {@link UndecodableRecordException}.
 *
 * <p>Not thread-safe: a decoder's own.
 */
final class AvroCursor {

  /** Levels of a recursive schema's values; far above what people nest, far below the stack. */
  private static final int MAX_DEPTH = 256;

  private static final VarHandle FLOATS = view(float[].class);
  private static final VarHandle DOUBLES = view(double[].class);

  private byte[] bytes = new byte[0];
  private int position;
  private int depth;

  /** Begins to read that record at that offset. */
  void over(byte[] record, int offset) {
    bytes = record;
    position = offset;
    depth = 0;
  }

  /** The record's bytes. */
  byte[] bytes() {
    return bytes;
  }

  int position() {
    return position;
  }

  /** Goes back to a position that has been passed. */
  void rewind(int passed) {
    position = passed;
  }

  int remaining() {
    return bytes.length - position;
  }

  /** Passes that many bytes and returns where they begin. */
  int take(long count) {
    if (count > remaining()) {
      throw malformed(count + " more bytes are needed (expected: at most " + remaining() + ")");
    }
    int from = position;
    position += (int) count;
    return from;
  }

  boolean readBoolean() {
    byte value = bytes[take(1)];
    if ((value & 0xfe) != 0) {
      throw malformed("a boolean is " + value + " (expected: 0 or 1)");
    }
    return value != 0;
  }

  float readFloat() {
    return (float) FLOATS.get(bytes, take(4));
  }

  double readDouble() {
    return (double) DOUBLES.get(bytes, take(8));
  }

  int readInt() {
    long value = readLong();
    if (value != (int) value) {
      throw malformed("an int is " + value + " (expected: 32 bits)");
    }
    return (int) value;
  }

  long readLong() {
    int at = position;
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      if (at == bytes.length) {
        throw malformed("a number is cut off");
      }
      byte next = bytes[at++];
      value |= (next & 0x7fL) << shift;
      if (next >= 0) {
        if (shift == 63 && next > 1) {
          break;
        }
        position = at;
        return (value >>> 1) ^ -(value & 1);
      }
    }
    throw malformed("a number has more than 64 bits");
  }

  /** Reads the length of a string, of bytes or of a block: never more than is left. */
  int readLength() {
    long length = readLong();
    if (length < 0 || length > remaining()) {
      throw malformed("a length is " + length + " (expected: 0-" + remaining() + ")");
    }
    return (int) length;
  }

  /** Reads the index of a union's branch or of an enum's symbol. */
  int readIndex(int count) {
    long index = readLong();
    if (index < 0 || index >= count) {
      throw malformed("an index is " + index + " (expected: 0-" + (count - 1) + ")");
    }
    return (int) index;
  }

  /** Reads how many items an array's next block has, 0 at the array's end. */
  long readBlockCount() {
    long count = readLong();
    if (count < 0) {
      readLength();
      count = -count;
      if (count < 0) {
        throw malformed("a block has 2^63 items");
      }
    }
    return count;
  }

  /** Goes one level down in a recursive value. */
  void descend() {
    if (++depth > MAX_DEPTH) {
      throw malformed("values nest deeper than " + MAX_DEPTH + " levels");
    }
  }

  /** Comes back from a level. */
  void ascend() {
    depth--;
  }

  UndecodableRecordException malformed(String what) {
    return new UndecodableRecordException(
        DeadLetterReason.MALFORMED, "Malformed Avro at byte " + position + ": " + what);
  }

  private static VarHandle view(Class<?> arrayType) {
    return MethodHandles.byteArrayViewVarHandle(arrayType, ByteOrder.LITTLE_ENDIAN);
  }
}

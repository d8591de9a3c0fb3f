package io.penstock.codec.wire;

import io.penstock.codec.DeadLetterReason;
import io.penstock.codec.UndecodableRecordException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * A position in a message's protobuf (protobuf.dev, "Encoding"). Trusts no byte: every length is
 * held against the end of the message that it is in, a varint has ten bytes at most, and groups,
 * which nothing writes any more and TensorFlow does not parse here, are refused. Every failure is
 * an {@link UndecodableRecordException} that names its byte.
 *
 * <p>Not thread-safe: a reader's own.
 */
public final class WireCursor {

  public static final int VARINT = 0;
  public static final int FIXED64 = 1;
  public static final int DELIMITED = 2;
  public static final int FIXED32 = 5;

  private static final int TYPE_BITS = 3;

  private static final VarHandle FLOATS =
      MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);

  private final String message;
  private byte[] bytes = new byte[0];
  private int position;

  /** Where the message ends that is being read. */
  private int end;

  /**
   * A cursor over nothing.
   *
   * @param message what it is over, for errors: {@code tf.Example}
   */
  public WireCursor(String message) {
    this.message = message;
  }

  /** Begins to read those bytes. */
  public void over(byte[] record) {
    bytes = record;
    position = 0;
    end = record.length;
  }

  /** Where the message ends that is being read. */
  public int end() {
    return end;
  }

  /** Reads on from there to there, within them. */
  public void over(int from, int to) {
    position = from;
    end = to;
  }

  /** All bytes, of which positions count. Not a copy. */
  public byte[] bytes() {
    return bytes;
  }

  /** The byte that comes next. */
  public int position() {
    return position;
  }

  /** Whether there is more of the message that is being read. */
  public boolean hasMore() {
    return position < end;
  }

  /** Begins the message that comes next; returns where the one around it ends. */
  public int enter() {
    int length = readLength();
    int around = end;
    end = position + length;
    return around;
  }

  /** Goes on behind a message, with the one around it. */
  public void leave(int around) {
    position = end;
    end = around;
  }

  /** A field's number and type, as {@link #tag} makes them. */
  public int readTag() {
    long tag = readVarint();
    if (tag >>> TYPE_BITS == 0 || tag != (int) tag) {
      throw malformed("a field's number is " + (tag >>> TYPE_BITS));
    }
    return (int) tag;
  }

  /** A field's number and type in one. */
  public static int tag(int number, int type) {
    return (number << TYPE_BITS) | type;
  }

  /** Passes the value of a field. */
  public void skip(int tag) {
    switch (tag & ((1 << TYPE_BITS) - 1)) {
      case VARINT -> readVarint();
      case FIXED64 -> take(Long.BYTES);
      case DELIMITED -> take(readLength());
      case FIXED32 -> take(Integer.BYTES);
      default -> throw malformed("a field of a type that is not in use: " + tag);
    }
  }

  /** Passes that many bytes and returns where they begin. */
  public int take(int count) {
    if (count > end - position) {
      throw malformed(
          count + " more bytes are needed (expected: at most " + (end - position) + ")");
    }
    int from = position;
    position += count;
    return from;
  }

  /** Reads a value of type {@link #FIXED32}. */
  public float readFloat() {
    return (float) FLOATS.get(bytes, take(Float.BYTES));
  }

  /** Reads a value of type {@link #VARINT}. */
  public long readVarint() {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      if (position == end) {
        throw malformed("a number is cut off");
      }
      byte next = bytes[position++];
      value |= (next & 0x7fL) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw malformed("a number has more than ten bytes");
  }

  /** Reads the length of what comes next: never more than is left of the message. */
  public int readLength() {
    long length = readVarint();
    if (length < 0 || length > end - position) {
      throw malformed("a length is " + length + " (expected: 0-" + (end - position) + ")");
    }
    return (int) length;
  }

  /** That something is not as it should be, here. */
  public UndecodableRecordException malformed(String what) {
    return new UndecodableRecordException(
        DeadLetterReason.MALFORMED, "Malformed " + message + " at byte " + position + ": " + what);
  }
}

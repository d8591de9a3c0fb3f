package io.penstock.codec.wire;

import java.nio.charset.StandardCharsets;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes a message's fields as protobuf. A message is written twice: once to know its length, which
 * stands before it, and once for its bytes. Not thread-safe.
 */
public final class WireWriter {

  private static final int TYPE_BITS = 3;

  /** Null while lengths are counted. */
  private final byte @Nullable [] to;

  private long position;

  private WireWriter(byte @Nullable [] to) {
    this.to = to;
  }

  /** What writes the fields of a message: the same each time. */
  @FunctionalInterface
  public interface Message {
    void writeTo(WireWriter to);
  }

  /** A message's bytes. */
  public static byte[] bytes(Message message) {
    return bytes(size -> {}, message);
  }

  /**
   * The same, once somebody has heard how many they will be.
   *
   * @param room throws if there is no room for them
   */
  public static byte[] bytes(LongConsumer room, Message message) {
    long size = size(message);
    room.accept(size);
    byte[] bytes = new byte[Math.toIntExact(size)];
    message.writeTo(new WireWriter(bytes));
    return bytes;
  }

  private static long size(Message message) {
    WireWriter counting = new WireWriter(null);
    message.writeTo(counting);
    return counting.position;
  }

  /** A whole number or an enum's. */
  public void varint(int number, long value) {
    tag(number, WireCursor.VARINT);
    rawVarint(value);
  }

  /** A {@code float}. */
  public void float32(int number, float value) {
    tag(number, WireCursor.FIXED32);
    int bits = Float.floatToRawIntBits(value);
    for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
      put((byte) (bits >>> shift));
    }
  }

  /** A {@code string}. */
  public void text(int number, String value) {
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    bytes(number, utf8, 0, utf8.length);
  }

  /** {@code bytes}, or packed values that are laid out like that. */
  public void bytes(int number, byte[] value, int from, int length) {
    tag(number, WireCursor.DELIMITED);
    rawVarint(length);
    if (to != null) {
      System.arraycopy(value, from, to, (int) position, length);
    }
    position += length;
  }

  /** A message, an entry of a map, or packed values. */
  public void message(int number, Message value) {
    long length = size(value);
    tag(number, WireCursor.DELIMITED);
    rawVarint(length);
    if (to == null) {
      position += length;
    } else {
      value.writeTo(this);
    }
  }

  /** A packed value of a whole number. */
  public void rawVarint(long value) {
    long left = value;
    while ((left & ~0x7fL) != 0) {
      put((byte) ((left & 0x7f) | 0x80));
      left >>>= 7;
    }
    put((byte) left);
  }

  private void tag(int number, int type) {
    rawVarint(((long) number << TYPE_BITS) | type);
  }

  private void put(byte value) {
    if (to != null) {
      to[(int) position] = value;
    }
    position++;
  }
}

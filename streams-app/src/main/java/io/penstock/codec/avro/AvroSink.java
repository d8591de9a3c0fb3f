package io.penstock.codec.avro;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Where Avro binary is written: an array that is known to be large enough. Not thread-safe. */
final class AvroSink {

  private static final VarHandle FLOATS =
      MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);

  private final byte[] bytes;
  private int position;

  AvroSink(byte[] bytes, int position) {
    this.bytes = bytes;
    this.position = position;
  }

  /** Bytes of a number as a zig-zag varint. */
  static int sizeOf(long value) {
    long zigzag = (value << 1) ^ (value >> 63);
    return (63 - Long.numberOfLeadingZeros(zigzag | 1)) / 7 + 1;
  }

  void writeLong(long value) {
    long rest = (value << 1) ^ (value >> 63);
    while ((rest & ~0x7fL) != 0) {
      bytes[position++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[position++] = (byte) rest;
  }

  void writeFloat(float value) {
    FLOATS.set(bytes, position, value);
    position += Float.BYTES;
  }

  void write(byte[] from, int offset, int length) {
    System.arraycopy(from, offset, bytes, position, length);
    position += length;
  }
}

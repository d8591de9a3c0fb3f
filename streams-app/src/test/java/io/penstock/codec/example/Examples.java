package io.penstock.codec.example;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Serialized {@code tf.Example}s, written by hand: a producer's own code, without TensorFlow. */
public final class Examples {

  private final ByteArrayOutputStream features = new ByteArrayOutputStream();

  /** Adds a feature of floats, packed as every library writes them. */
  public Examples floats(String name, float... values) {
    ByteBuffer packed = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      packed.putFloat(value);
    }
    return feature(name, 2, field(1, packed.array()));
  }

  /** Adds a feature of integers, packed. */
  public Examples integers(String name, long... values) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    for (long value : values) {
      varint(packed, value);
    }
    return feature(name, 3, field(1, packed.toByteArray()));
  }

  /** Adds a feature of texts. */
  public Examples texts(String name, String... values) {
    ByteArrayOutputStream list = new ByteArrayOutputStream();
    for (String value : values) {
      list.writeBytes(field(1, value.getBytes(StandardCharsets.UTF_8)));
    }
    return feature(name, 1, list.toByteArray());
  }

  /**
   * Adds a feature.
   *
   * @param kind the number of its list's field in {@code Feature}
   */
  Examples feature(String name, int kind, byte[] list) {
    return features(name, field(kind, list));
  }

  /** Adds an entry with that name and those messages {@code Feature}. */
  Examples features(String name, byte[]... messages) {
    ByteArrayOutputStream entry = new ByteArrayOutputStream();
    entry.writeBytes(field(1, name.getBytes(StandardCharsets.UTF_8)));
    for (byte[] message : messages) {
      entry.writeBytes(field(2, message));
    }
    features.writeBytes(field(1, entry.toByteArray()));
    return this;
  }

  public byte[] serialized() {
    return field(1, features.toByteArray());
  }

  /** A field of bytes: tag, length and these. */
  static byte[] field(int number, byte[] value) {
    ByteArrayOutputStream field = new ByteArrayOutputStream();
    varint(field, (long) number << 3 | 2);
    varint(field, value.length);
    field.writeBytes(value);
    return field.toByteArray();
  }

  static void varint(ByteArrayOutputStream out, long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      out.write((int) (rest | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }
}

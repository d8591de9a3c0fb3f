package io.penstock.model.tensorflow.log;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * A TFRecord file, read record by record. The format is that of TensorFlow's {@code
 * tensorflow/core/lib/io/record_writer.h}: length (8 bytes), masked CRC-32C of the length (4), the
 * record, masked CRC-32C of the record (4); numbers are little-endian. Not thread-safe.
 */
public final class RecordFile implements AutoCloseable {

  private static final int HEADER_BYTES = Long.BYTES + Integer.BYTES;

  /** From {@code tensorflow/core/lib/hash/crc32c.h}. */
  private static final int MASK_DELTA = 0xa282ead8;

  private final InputStream content;
  private long remainingBytes;

  private RecordFile(InputStream content, long bytes) {
    this.content = content;
    this.remainingBytes = bytes;
  }

  /** Opens a file. */
  public static RecordFile open(Path file) throws IOException {
    return new RecordFile(new BufferedInputStream(Files.newInputStream(file)), Files.size(file));
  }

  /**
   * The next record; empty after the last.
   *
   * @throws IOException if the file cannot be read
   * @throws IllegalArgumentException if it ends within a record, or is no TFRecord file
   */
  public Optional<byte[]> next() throws IOException {
    if (remainingBytes == 0) {
      return Optional.empty();
    }
    byte[] header = read(HEADER_BYTES);
    ByteBuffer numbers = littleEndian(header);
    long length = numbers.getLong();
    check("length", numbers.getInt(), header, Long.BYTES);
    if (length < 0 || length > Math.min(remainingBytes - Integer.BYTES, Integer.MAX_VALUE)) {
      throw new IllegalArgumentException(
          "it ends within a record: %d bytes left (expected: %d)"
              .formatted(remainingBytes, length));
    }
    byte[] record = read(Math.toIntExact(length));
    check("record", littleEndian(read(Integer.BYTES)).getInt(), record, record.length);
    return Optional.of(record);
  }

  /** The checksum of the first bytes, masked as the format wants it. */
  public static int maskedChecksum(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return Integer.rotateRight((int) crc.getValue(), 15) + MASK_DELTA;
  }

  private static void check(String what, int stored, byte[] bytes, int length) {
    int computed = maskedChecksum(bytes, length);
    if (stored != computed) {
      throw new IllegalArgumentException(
          "a %s has the checksum %08x (expected: %08x)".formatted(what, stored, computed));
    }
  }

  private byte[] read(int bytes) throws IOException {
    byte[] read = content.readNBytes(bytes);
    if (read.length < bytes) {
      throw new IllegalArgumentException(
          "it ends within a record: %d bytes left (expected: %d)".formatted(read.length, bytes));
    }
    remainingBytes -= bytes;
    return read;
  }

  private static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public void close() throws IOException {
    content.close();
  }
}

package io.penstock.codec;

import io.penstock.model.ServableId;
import io.penstock.registry.PortableSchema;
import io.penstock.registry.SchemaRegistry;
import io.penstock.registry.WireFormat;
import io.penstock.registry.WriterSchemas;
import io.penstock.schemas.DeadLetter;
import io.penstock.schemas.DeadLetterHeader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * Encodes dead letters as {@code io.penstock.schemas.DeadLetter} in Confluent's framing.
 * Thread-safe.
 *
 * <p>A letter that would be too large keeps its coordinates and reason, and gets the SHA-256 of key
 * and value and as many of their first bytes as there is room for, the key's up to a quarter of it;
 * its headers are dropped and its message is cut.
 */
public final class DeadLetterEncoder {

  /** From here on every letter fits whose names have up to 249 characters, as a topic's may. */
  public static final int LEAST_MAX_BYTES = 1024;

  /** Of a message that is cut. */
  private static final int CUT_MESSAGE_BYTES = 512;

  /** What the lengths of message, key and value may add to those of empty ones. */
  private static final int LENGTHS_BYTES = 3 * 5;

  private final int schemaId;

  /**
   * Resolves the schema's id. May call the registry.
   *
   * @param subject {@code <dead-letter topic>-value} by Confluent's convention
   * @param autoRegister whether the schema may be registered if it is not there
   * @throws io.penstock.registry.RegistryException if it is not there and may not be, or the
   *     registry does not answer
   */
  public DeadLetterEncoder(SchemaRegistry registry, String subject, boolean autoRegister) {
    this.schemaId = new WriterSchemas(registry, autoRegister).idOf(subject, schema());
  }

  /** The schema of every dead letter. */
  public static Schema schema() {
    return PortableSchema.of(DeadLetter.getClassSchema());
  }

  /**
   * The value of a record's dead letter: no more than that many bytes.
   *
   * @param maxBytes {@link #LEAST_MAX_BYTES} or more
   */
  public byte[] encode(RefusedRecord record, int maxBytes) {
    if (maxBytes < LEAST_MAX_BYTES) {
      throw new IllegalArgumentException(
          "maxBytes: " + maxBytes + " (expected: " + LEAST_MAX_BYTES + " or more)");
    }
    long raw = (long) length(record.key()) + length(record.value());
    if (raw < maxBytes) {
      byte[] whole = write(whole(record));
      if (whole.length <= maxBytes) {
        return whole;
      }
    }
    return write(truncated(record, maxBytes));
  }

  private static DeadLetter whole(RefusedRecord record) {
    List<DeadLetterHeader> headers = new ArrayList<>();
    for (Header header : record.headers()) {
      headers.add(new DeadLetterHeader(header.key(), wrap(header.value())));
    }
    return envelope(record)
        .setMessage(record.message())
        .setKey(wrap(record.key()))
        .setValue(wrap(record.value()))
        .setHeaders(headers)
        .build();
  }

  private DeadLetter truncated(RefusedRecord record, int maxBytes) {
    DeadLetter.Builder letter =
        envelope(record)
            .setMessage("")
            .setKey(beginning(record.key(), 0))
            .setValue(beginning(record.value(), 0))
            .setHeaders(List.of())
            .setTruncated(true)
            .setKeySha256(sha256(record.key()))
            .setValueSha256(sha256(record.value()));
    int room = Math.max(0, maxBytes - LENGTHS_BYTES - write(letter.build()).length);
    String message = cut(record.message(), Math.min(room, CUT_MESSAGE_BYTES));
    room -= message.getBytes(StandardCharsets.UTF_8).length;
    int keyRoom = Math.min(length(record.key()), room / 4);
    return letter
        .setMessage(message)
        .setKey(beginning(record.key(), keyRoom))
        .setValue(beginning(record.value(), room - keyRoom))
        .build();
  }

  private static DeadLetter.Builder envelope(RefusedRecord record) {
    ServableId version = record.version();
    return DeadLetter.newBuilder()
        .setPipeline(record.pipeline())
        .setModel(version == null ? null : version.model())
        .setVersion(version == null ? null : version.version())
        .setStage(record.reason().stage().name())
        .setReason(record.reason().name())
        .setTopic(record.topic())
        .setPartition(record.partition())
        .setOffset(record.offset())
        .setTimestamp(record.timestamp())
        .setKeyBytes(length(record.key()))
        .setValueBytes(length(record.value()));
  }

  private byte[] write(DeadLetter letter) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] header = new byte[WireFormat.HEADER_BYTES];
    WireFormat.writeHeader(header, schemaId);
    out.writeBytes(header);
    try {
      BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
      new SpecificDatumWriter<>(DeadLetter.class).write(letter, encoder);
      encoder.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("Writing into memory failed", e);
    }
    return out.toByteArray();
  }

  private static int length(byte @Nullable [] bytes) {
    return bytes == null ? 0 : bytes.length;
  }

  private static @Nullable ByteBuffer wrap(byte @Nullable [] bytes) {
    return bytes == null ? null : ByteBuffer.wrap(bytes);
  }

  private static @Nullable ByteBuffer beginning(byte @Nullable [] bytes, int most) {
    return bytes == null ? null : ByteBuffer.wrap(bytes, 0, Math.min(bytes.length, most));
  }

  /** A text's beginning, in whole characters, that takes no more than that many bytes in UTF-8. */
  private static String cut(String text, int mostBytes) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    if (utf8.length <= mostBytes) {
      return text;
    }
    int end = mostBytes;
    while (end > 0 && (utf8[end] & 0xc0) == 0x80) {
      end--;
    }
    return new String(Arrays.copyOf(utf8, end), StandardCharsets.UTF_8);
  }

  private static @Nullable String sha256(byte @Nullable [] bytes) {
    if (bytes == null) {
      return null;
    }
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }
}

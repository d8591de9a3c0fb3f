package io.penstock.codec.deadletter;

import com.fasterxml.jackson.core.JsonFactory;
import io.penstock.model.ServableId;
import io.penstock.registry.PortableSchema;
import io.penstock.registry.SchemaRegistry;
import io.penstock.registry.WriterSchemas;
import io.penstock.schemas.DeadLetter;
import io.penstock.schemas.DeadLetterHeader;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * Encodes dead letters, {@code io.penstock.schemas.DeadLetter}, as Avro or JSON. Thread-safe.
 *
 * <p>A letter that would be too large keeps its coordinates and reason, and gets the SHA-256 of key
 * and value and as many of their first bytes as there is room for, the key's up to a quarter of it;
 * its headers are dropped and its message is cut.
 */
public final class DeadLetterEncoder {

  /** From here on every letter fits whose names have up to 249 characters, as a topic's may. */
  public static final int LEAST_MAX_BYTES = 1536;

  /** Of a message that is cut. */
  private static final int CUT_MESSAGE_BYTES = 512;

  /** What the lengths of message, key and value may add to those of empty ones. */
  private static final int LENGTHS_BYTES = 3 * 5;

  private final Envelope envelope;

  private DeadLetterEncoder(Envelope envelope) {
    this.envelope = envelope;
  }

  /**
   * Writes Avro in Confluent's framing. May call the registry for the schema's id.
   *
   * @param topic the dead letters', which their subject is named after
   * @param autoRegister whether the schema may be registered if it is not there
   * @throws io.penstock.registry.RegistryException if it is not there and may not be, or the
   *     registry does not answer
   */
  public static DeadLetterEncoder avro(
      SchemaRegistry registry, String topic, boolean autoRegister) {
    Schema schema = schema();
    int schemaId =
        new WriterSchemas(registry, autoRegister)
            .idOf(registry.subjects().of(topic, schema), schema);
    return new DeadLetterEncoder(new AvroEnvelope(schemaId));
  }

  /** Writes JSON. */
  public static DeadLetterEncoder json() {
    return new DeadLetterEncoder(new JsonEnvelope(new JsonFactory()));
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
      byte[] whole = envelope.write(whole(record));
      if (whole.length <= maxBytes) {
        return whole;
      }
    }
    return envelope.write(truncated(record, maxBytes));
  }

  /** A letter that was read, written as it is. */
  public byte[] rewrite(DeadLetter letter) {
    return envelope.write(letter);
  }

  private static DeadLetter whole(RefusedRecord record) {
    List<DeadLetterHeader> headers = new ArrayList<>();
    for (Header header : record.headers()) {
      headers.add(new DeadLetterHeader(header.key(), wrap(header.value())));
    }
    return letter(record)
        .setMessage(record.message())
        .setKey(wrap(record.key()))
        .setValue(wrap(record.value()))
        .setHeaders(headers)
        .build();
  }

  private DeadLetter truncated(RefusedRecord record, int maxBytes) {
    DeadLetter.Builder letter =
        letter(record)
            .setMessage("")
            .setKey(beginning(record.key(), 0))
            .setValue(beginning(record.value(), 0))
            .setHeaders(List.of())
            .setTruncated(true)
            .setKeySha256(sha256(record.key()))
            .setValueSha256(sha256(record.value()));
    int room = Math.max(0, maxBytes - LENGTHS_BYTES - envelope.write(letter.build()).length);
    String message = beginning(record.message(), Math.min(room, CUT_MESSAGE_BYTES));
    int raw = envelope.rawBytes(room - textBytes(message));
    int keyBytes = Math.min(length(record.key()), raw / 4);
    return letter
        .setMessage(message)
        .setKey(beginning(record.key(), keyBytes))
        .setValue(beginning(record.value(), raw - keyBytes))
        .build();
  }

  private static DeadLetter.Builder letter(RefusedRecord record) {
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

  private static int length(byte @Nullable [] bytes) {
    return bytes == null ? 0 : bytes.length;
  }

  private static @Nullable ByteBuffer wrap(byte @Nullable [] bytes) {
    return bytes == null ? null : ByteBuffer.wrap(bytes);
  }

  private static @Nullable ByteBuffer beginning(byte @Nullable [] bytes, int most) {
    return bytes == null ? null : ByteBuffer.wrap(bytes, 0, Math.min(bytes.length, most));
  }

  /** A text's beginning, in whole characters, that takes no more than that many bytes. */
  private String beginning(String text, int mostBytes) {
    int bytes = 0;
    int end = 0;
    while (end < text.length()) {
      int codePoint = text.codePointAt(end);
      bytes += envelope.textBytes(codePoint);
      if (bytes > mostBytes) {
        break;
      }
      end += Character.charCount(codePoint);
    }
    return text.substring(0, end);
  }

  private int textBytes(String text) {
    return text.codePoints().map(envelope::textBytes).sum();
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

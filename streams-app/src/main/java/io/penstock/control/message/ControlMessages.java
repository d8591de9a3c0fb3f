package io.penstock.control.message;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.penstock.registry.RegistryException;
import io.penstock.registry.SchemaRegistry;
import io.penstock.schemas.AuditEvent;
import io.penstock.schemas.Command;
import io.penstock.schemas.ControlPosition;
import io.penstock.schemas.InstanceReport;
import io.penstock.schemas.ModelDecision;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * Encodes and decodes the messages of the control topics. Decoding never throws, whatever the bytes
 * are: what is no message is {@link Decoded.Garbage} with a reason. Thread-safe.
 */
public final class ControlMessages {

  /** What a topic takes by default ({@code max.message.bytes}); no message comes near it. */
  static final int MAX_BYTES = 1 << 20;

  /** Confluent's wire format: a zero byte, then the schema id in four bytes, big-endian. */
  private static final int FRAME_BYTES = 5;

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final Optional<SchemaRegistry> registry;

  private ControlMessages(Optional<SchemaRegistry> registry) {
    this.registry = registry;
  }

  /** Reads JSON, and Avro by that registry's schemas. */
  public static ControlMessages withRegistry(SchemaRegistry registry) {
    return new ControlMessages(Optional.of(registry));
  }

  /** Reads JSON only. */
  public static ControlMessages jsonOnly() {
    return new ControlMessages(Optional.empty());
  }

  /** A message as one line of JSON in UTF-8. */
  public static byte[] encode(SpecificRecord message) {
    try {
      return JSON.writeValueAsBytes(NaturalJsonWriter.write(message, message.getSchema()));
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Decoded<Command> command(byte @Nullable [] value) {
    return decode(value, Command.getClassSchema(), Command.class);
  }

  public Decoded<InstanceReport> report(byte @Nullable [] value) {
    return decode(value, InstanceReport.getClassSchema(), InstanceReport.class);
  }

  public Decoded<ModelDecision> decision(byte @Nullable [] value) {
    return decode(value, ModelDecision.getClassSchema(), ModelDecision.class);
  }

  public Decoded<ControlPosition> position(byte @Nullable [] value) {
    return decode(value, ControlPosition.getClassSchema(), ControlPosition.class);
  }

  public Decoded<AuditEvent> auditEvent(byte @Nullable [] value) {
    return decode(value, AuditEvent.getClassSchema(), AuditEvent.class);
  }

  private <T> Decoded<T> decode(byte @Nullable [] value, Schema schema, Class<T> type) {
    if (value == null || value.length == 0) {
      return new Decoded.Garbage<>("the message is empty (expected: JSON or Avro)");
    }
    if (value.length > MAX_BYTES) {
      return new Decoded.Garbage<>(
          "size: %,d bytes (expected: at most %,d)".formatted(value.length, MAX_BYTES));
    }
    try {
      NaturalJsonReader json = new NaturalJsonReader();
      Object message = json.read(tree(value), schema);
      return new Decoded.Message<>(type.cast(message), json.unknownFields());
    } catch (MalformedMessageException e) {
      return new Decoded.Garbage<>(String.valueOf(e.getMessage()));
    }
  }

  private JsonNode tree(byte[] value) {
    if (value[0] == 0) {
      return avroTree(value);
    }
    if (firstCharacter(value) == '{') {
      return jsonTree(value);
    }
    throw new MalformedMessageException(
        "first byte: 0x%02X (expected: '{' of JSON, or 0x00 of Avro in Confluent's framing)"
            .formatted(value[0]));
  }

  private static char firstCharacter(byte[] value) {
    for (byte b : value) {
      if (b != ' ' && b != '\t' && b != '\n' && b != '\r') {
        return (char) b;
      }
    }
    return ' ';
  }

  private static JsonNode jsonTree(byte[] value) {
    try {
      return JSON.readTree(value);
    } catch (JsonProcessingException e) {
      throw new MalformedMessageException(
          "not JSON: %s, at line %d, column %d"
              .formatted(
                  e.getOriginalMessage(),
                  e.getLocation().getLineNr(),
                  e.getLocation().getColumnNr()));
    } catch (IOException e) {
      throw new MalformedMessageException("not JSON: " + e.getMessage());
    }
  }

  private JsonNode avroTree(byte[] value) {
    if (value.length < FRAME_BYTES) {
      throw new MalformedMessageException(
          "size: %d bytes (expected: 0x00 and a schema id of 4 bytes)".formatted(value.length));
    }
    int id = ByteBuffer.wrap(value).getInt(1);
    Schema writer = writerSchema(id);
    try {
      BinaryDecoder decoder =
          DecoderFactory.get().binaryDecoder(value, FRAME_BYTES, value.length - FRAME_BYTES, null);
      Object datum = new GenericDatumReader<>(writer).read(null, decoder);
      if (!decoder.isEnd()) {
        throw new MalformedMessageException(
            "not Avro of schema %d (%s): bytes are left over".formatted(id, writer.getFullName()));
      }
      return NaturalJsonWriter.write(datum, writer);
    } catch (MalformedMessageException e) {
      throw e;
    } catch (IOException | RuntimeException | StackOverflowError e) {
      throw new MalformedMessageException(
          "not Avro of schema %d (%s): %s".formatted(id, writer.getFullName(), e));
    }
  }

  private Schema writerSchema(int id) {
    try {
      return registry
          .orElseThrow(
              () ->
                  new MalformedMessageException(
                      "Avro, but no registry is configured (expected: JSON, or schema.registry.url)"))
          .schemaById(id);
    } catch (RegistryException e) {
      throw new MalformedMessageException(
          "schema id: %d cannot be looked up (%s); send it again, or as JSON"
              .formatted(id, e.getMessage()));
    }
  }
}

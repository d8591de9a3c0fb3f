package io.penstock.codec.deadletter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.penstock.codec.DeadLetterReason;
import io.penstock.codec.UndecodableRecordException;
import io.penstock.registry.RegistryException;
import io.penstock.registry.RegistryException.Kind;
import io.penstock.registry.SchemaRegistry;
import io.penstock.registry.WireFormat;
import io.penstock.schemas.DeadLetter;
import io.penstock.schemas.DeadLetterHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecordBase;
import org.jspecify.annotations.Nullable;

/** Reads dead letters back, in Avro or JSON as each is written. Thread-safe. */
public final class DeadLetterReader {

  private static final JsonMapper JSON = new JsonMapper();

  private final SchemaRegistry registry;

  public DeadLetterReader(SchemaRegistry registry) {
    this.registry = registry;
  }

  /**
   * The letter that a record of a dead-letter topic holds. May ask the registry for its writer's
   * schema.
   *
   * @throws UndecodableRecordException if it holds none, or the registry does not know its schema
   * @throws RegistryException if it is Avro and the registry does not answer
   */
  public DeadLetter read(byte @Nullable [] value) {
    if (value == null || value.length == 0) {
      throw none("it is empty");
    }
    try {
      return value[0] == '{' ? json(value) : avro(value);
    } catch (RegistryException e) {
      throw e.kind() == Kind.NOT_FOUND || e.kind() == Kind.UNUSABLE
          ? none(String.valueOf(e.getMessage()))
          : e;
    } catch (IOException | AvroRuntimeException | ClassCastException e) {
      throw none(String.valueOf(e.getMessage()));
    }
  }

  private DeadLetter avro(byte[] value) throws IOException {
    if (!WireFormat.isFramed(value)) {
      throw none("it begins with neither '{' nor a schema id");
    }
    Schema writer = registry.schemaById(WireFormat.schemaId(value));
    int header = WireFormat.HEADER_BYTES;
    IndexedRecord letter =
        new GenericDatumReader<IndexedRecord>(writer, DeadLetter.getClassSchema())
            .read(
                null,
                DecoderFactory.get().binaryDecoder(value, header, value.length - header, null));
    return filled(new DeadLetter(), letter);
  }

  /** By way of a generic record: Avro makes objects of trusted classes only. */
  private static <T extends SpecificRecordBase> T filled(T record, IndexedRecord read) {
    for (Schema.Field field : record.getSchema().getFields()) {
      Object value = read.get(field.pos());
      if (value instanceof List<?> headers) {
        value =
            headers.stream()
                .map(header -> filled(new DeadLetterHeader(), (IndexedRecord) header))
                .toList();
      }
      record.put(field.pos(), value instanceof CharSequence text ? text.toString() : value);
    }
    return record;
  }

  private static DeadLetter json(byte[] value) throws IOException {
    return filled(new DeadLetter(), JSON.readTree(value));
  }

  private static <T extends SpecificRecordBase> T filled(T record, JsonNode object)
      throws IOException {
    for (Schema.Field field : record.getSchema().getFields()) {
      JsonNode node = object.get(field.name());
      record.put(
          field.pos(),
          node == null || node.isNull()
              ? SpecificData.get().getDefaultValue(field)
              : value(node, field.schema()));
    }
    return record;
  }

  private static Object value(JsonNode node, Schema schema) throws IOException {
    return switch (schema.getType()) {
      case UNION -> value(node, schema.getTypes().get(1)); // The first is null.
      case INT -> node.intValue();
      case LONG -> node.longValue();
      case BOOLEAN -> node.booleanValue();
      case BYTES -> bytes(node);
      case ARRAY -> headers(node);
      default -> node.asText();
    };
  }

  private static ByteBuffer bytes(JsonNode node) throws IOException {
    if (!node.isObject()) {
      return ByteBuffer.wrap(node.asText().getBytes(StandardCharsets.UTF_8));
    }
    byte[] bytes = node.path("b64").binaryValue();
    if (bytes == null) {
      throw none("bytes are " + node + " (expected: {\"b64\": \"base64\"})");
    }
    return ByteBuffer.wrap(bytes);
  }

  private static List<DeadLetterHeader> headers(JsonNode node) throws IOException {
    List<DeadLetterHeader> headers = new ArrayList<>();
    for (JsonNode header : node) {
      headers.add(filled(new DeadLetterHeader(), header));
    }
    return headers;
  }

  private static UndecodableRecordException none(String why) {
    return new UndecodableRecordException(
        DeadLetterReason.MALFORMED, "This is no dead letter: " + why);
  }
}

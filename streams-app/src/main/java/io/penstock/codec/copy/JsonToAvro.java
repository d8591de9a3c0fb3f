package io.penstock.codec.copy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.penstock.codec.CopiedField;
import io.penstock.codec.CopyTarget;
import io.penstock.codec.DeadLetterReason;
import io.penstock.codec.MappingException;
import io.penstock.codec.UndecodableRecordException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.Schema.Field;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;

/**
 * Writes a JSON text as a value of an Avro schema of scalars, enums, bytes ({@code {"b64": …}}),
 * arrays of these, and unions of one of these with null.
 *
 * <p>Not thread-safe: a copier's own.
 */
final class JsonToAvro implements CopyTarget.Copy {

  private final JsonFactory json;
  private final CopiedField field;
  private final Field type;
  private BinaryEncoder encoder =
      EncoderFactory.get().directBinaryEncoder(new ByteArrayOutputStream(), null);

  JsonToAvro(JsonFactory json, CopiedField field, Field type) {
    this.json = json;
    this.field = field;
    this.type = type;
    requireSimple(type.schema());
  }

  private void requireSimple(Schema schema) {
    switch (schema.getType()) {
      case RECORD, MAP, FIXED -> throw unsupported(schema);
      case BYTES -> {
        if (schema.getLogicalType() != null) {
          throw unsupported(schema);
        }
      }
      case ARRAY -> requireSimple(schema.getElementType());
      case UNION -> {
        if (schema.getTypes().size() != 2 || !schema.isNullable()) {
          throw unsupported(schema);
        }
        schema.getTypes().forEach(this::requireSimple);
      }
      default -> {}
    }
  }

  private MappingException unsupported(Schema schema) {
    return new MappingException(
        "output.copy: %s is %s in output.copy-schema (expected: a scalar, an enum, bytes, arrays of these, or one of these and null, where records are not Avro)"
            .formatted(field.path(), schema));
  }

  @Override
  public void append(byte[] record, int from, int to, ByteArrayOutputStream copies) {
    encoder = EncoderFactory.get().directBinaryEncoder(copies, encoder);
    try (JsonParser parser = json.createParser(record, from, to - from)) {
      if (parser.nextToken() == JsonToken.VALUE_NULL
          && !AvroCopies.takesNull(type.schema())
          && type.hasDefaultValue()) {
        AvroCopies.byDefault(type).append(record, from, to, copies);
      } else {
        write(type.schema(), parser);
      }
    } catch (IOException e) {
      throw refusal(DeadLetterReason.MALFORMED, String.valueOf(e.getMessage()));
    }
  }

  private void write(Schema schema, JsonParser from) throws IOException {
    switch (schema.getType()) {
      case NULL -> require(from.currentToken() == JsonToken.VALUE_NULL, from, schema);
      case BOOLEAN -> {
        require(from.currentToken().isBoolean(), from, schema);
        encoder.writeBoolean(from.getBooleanValue());
      }
      case INT -> encoder.writeInt((int) whole(from, schema, Integer.MIN_VALUE, Integer.MAX_VALUE));
      case LONG -> encoder.writeLong(whole(from, schema, Long.MIN_VALUE, Long.MAX_VALUE));
      case FLOAT -> encoder.writeFloat((float) decimal(from, schema, Float.MAX_VALUE));
      case DOUBLE -> encoder.writeDouble(decimal(from, schema, Double.MAX_VALUE));
      case STRING -> {
        require(from.currentToken() == JsonToken.VALUE_STRING, from, schema);
        encoder.writeString(from.getText());
      }
      case ENUM -> {
        require(from.currentToken() == JsonToken.VALUE_STRING, from, schema);
        require(schema.hasEnumSymbol(from.getText()), from, schema);
        encoder.writeEnum(schema.getEnumOrdinal(from.getText()));
      }
      case BYTES -> encoder.writeBytes(bytes(from, schema));
      case ARRAY -> writeArray(schema.getElementType(), from);
      case UNION -> writeUnion(schema.getTypes(), from);
      default -> throw new IllegalStateException(schema + " was not refused");
    }
  }

  /** A value that is no array is one of a single item, as features of one value are written. */
  private void writeArray(Schema element, JsonParser from) throws IOException {
    encoder.writeArrayStart();
    if (from.currentToken() == JsonToken.START_ARRAY) {
      while (from.nextToken() != JsonToken.END_ARRAY) {
        writeItem(element, from);
      }
    } else {
      writeItem(element, from);
    }
    encoder.writeArrayEnd();
  }

  private void writeItem(Schema element, JsonParser from) throws IOException {
    encoder.setItemCount(1);
    encoder.startItem();
    write(element, from);
  }

  private void writeUnion(List<Schema> branches, JsonParser from) throws IOException {
    boolean isNull = from.currentToken() == JsonToken.VALUE_NULL;
    int branch = (branches.get(0).getType() == Schema.Type.NULL) == isNull ? 0 : 1;
    encoder.writeIndex(branch);
    write(branches.get(branch), from);
  }

  private long whole(JsonParser from, Schema schema, long least, long most) throws IOException {
    BigDecimal value = number(from, schema);
    try {
      long whole = value.longValueExact();
      if (whole >= least && whole <= most) {
        return whole;
      }
    } catch (ArithmeticException e) {
      // Has a fraction, or more than 64 bits: told below.
    }
    throw refusal(
        DeadLetterReason.VALUE_OUT_OF_RANGE,
        "is %s (expected: a whole number from %d to %d)".formatted(from.getText(), least, most));
  }

  private double decimal(JsonParser from, Schema schema, double max) throws IOException {
    if (from.currentToken().isNumeric() && from.isNaN()) {
      return from.getDoubleValue(); // A feature's: JSON itself has none.
    }
    double value = number(from, schema).doubleValue();
    if (Math.abs(value) > max) {
      throw refusal(
          DeadLetterReason.VALUE_OUT_OF_RANGE,
          "is %s (expected: from %s to %s)".formatted(from.getText(), -max, max));
    }
    return value;
  }

  private BigDecimal number(JsonParser from, Schema schema) throws IOException {
    require(from.currentToken().isNumeric() && !from.isNaN(), from, schema);
    try {
      return new BigDecimal(from.getText());
    } catch (NumberFormatException e) {
      throw refusal(
          DeadLetterReason.VALUE_OUT_OF_RANGE,
          "is %s (expected: an exponent of at most 32 bits)".formatted(from.getText()));
    }
  }

  private byte[] bytes(JsonParser from, Schema schema) throws IOException {
    require(
        from.currentToken() == JsonToken.START_OBJECT
            && "b64".equals(from.nextFieldName())
            && from.nextToken() == JsonToken.VALUE_STRING,
        from,
        schema);
    byte[] bytes = from.getBinaryValue();
    require(from.nextToken() == JsonToken.END_OBJECT, from, schema);
    return bytes;
  }

  private void require(boolean fits, JsonParser from, Schema schema) {
    if (!fits && from.currentToken() == JsonToken.VALUE_NULL) {
      throw AvroCopies.absent(field);
    }
    if (!fits) {
      throw refusal(
          DeadLetterReason.SCHEMA_MISMATCH,
          "is %s (expected: %s)".formatted(from.currentToken(), schema));
    }
  }

  private UndecodableRecordException refusal(DeadLetterReason reason, String what) {
    return new UndecodableRecordException(
        reason,
        "Field %s %s (keys: output.copy, output.copy-schema)".formatted(field.path(), what));
  }
}

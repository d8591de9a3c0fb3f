package io.penstock.codec.copy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.penstock.codec.CopiedField;
import io.penstock.codec.CopyTarget;
import io.penstock.codec.DeadLetterReason;
import io.penstock.codec.UndecodableRecordException;
import io.penstock.codec.Utf8;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.UUID;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;

/**
 * Writes a value of Avro as JSON: records and maps are objects, unions are their value, bytes are
 * {@code {"b64": …}}, decimals are numbers, UUIDs their text, dates and times the integers that
 * they are. The value's bytes have been checked: lengths, indices and depth are sound.
 *
 * <p>Not thread-safe: a copier's own.
 */
final class AvroToJson implements CopyTarget.Copy {

  /** Of a decimal digit: log₂ 10, and a little more. */
  private static final double BITS_PER_DIGIT = 3.3220;

  private final JsonFactory json;
  private final CopiedField field;
  private final Schema writer;
  private BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(new byte[0], null);
  private ByteBuffer buffer = ByteBuffer.allocate(0);

  AvroToJson(JsonFactory json, CopiedField field, Schema writer) {
    this.json = json;
    this.field = field;
    this.writer = writer;
  }

  @Override
  public void append(byte[] record, int from, int to, ByteArrayOutputStream copies) {
    decoder = DecoderFactory.get().binaryDecoder(record, from, to - from, decoder);
    try (JsonGenerator generator = json.createGenerator(copies)) {
      write(writer, generator);
    } catch (IOException e) {
      throw new UndecodableRecordException(
          DeadLetterReason.MALFORMED,
          "Field %s: %s (key: output.copy)".formatted(field.path(), e.getMessage()));
    }
  }

  private void write(Schema schema, JsonGenerator to) throws IOException {
    switch (schema.getType()) {
      case NULL -> to.writeNull();
      case BOOLEAN -> to.writeBoolean(decoder.readBoolean());
      case INT -> to.writeNumber(decoder.readInt());
      case LONG -> to.writeNumber(decoder.readLong());
      case FLOAT -> to.writeNumber(decoder.readFloat());
      case DOUBLE -> to.writeNumber(decoder.readDouble());
      case STRING -> to.writeString(text());
      case ENUM -> to.writeString(schema.getEnumSymbols().get(decoder.readEnum()));
      case BYTES -> {
        buffer = decoder.readBytes(buffer);
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        writeBytes(schema, bytes, to);
      }
      case FIXED -> {
        byte[] bytes = new byte[schema.getFixedSize()];
        decoder.readFixed(bytes);
        writeBytes(schema, bytes, to);
      }
      case UNION -> write(schema.getTypes().get(decoder.readIndex()), to);
      case ARRAY -> writeArray(schema.getElementType(), to);
      case MAP -> writeMap(schema.getValueType(), to);
      case RECORD -> {
        to.writeStartObject();
        for (Schema.Field member : schema.getFields()) {
          to.writeFieldName(member.name());
          write(member.schema(), to);
        }
        to.writeEndObject();
      }
    }
  }

  private void writeArray(Schema element, JsonGenerator to) throws IOException {
    to.writeStartArray();
    for (long items = decoder.readArrayStart(); items != 0; items = decoder.arrayNext()) {
      for (long i = 0; i < items; i++) {
        write(element, to);
      }
    }
    to.writeEndArray();
  }

  private void writeMap(Schema value, JsonGenerator to) throws IOException {
    to.writeStartObject();
    for (long items = decoder.readMapStart(); items != 0; items = decoder.mapNext()) {
      for (long i = 0; i < items; i++) {
        to.writeFieldName(text());
        write(value, to);
      }
    }
    to.writeEndObject();
  }

  private void writeBytes(Schema schema, byte[] bytes, JsonGenerator to) throws IOException {
    LogicalType logical = schema.getLogicalType();
    if (logical instanceof LogicalTypes.Decimal decimal) {
      to.writeNumber(new BigDecimal(unscaled(bytes, decimal), decimal.getScale()));
    } else if (logical instanceof LogicalTypes.Uuid) {
      ByteBuffer halves = ByteBuffer.wrap(bytes);
      to.writeString(new UUID(halves.getLong(), halves.getLong()).toString());
    } else {
      to.writeStartObject();
      to.writeBinaryField("b64", bytes);
      to.writeEndObject();
    }
  }

  /** Bounded by the precision: a text of a million digits is made for nobody. */
  private BigInteger unscaled(byte[] bytes, LogicalTypes.Decimal decimal) {
    if (bytes.length == 0) {
      throw refusal(DeadLetterReason.MALFORMED, "is a decimal without bytes");
    }
    BigInteger unscaled = new BigInteger(bytes);
    if (unscaled.bitLength() > decimal.getPrecision() * BITS_PER_DIGIT + 1) {
      throw refusal(
          DeadLetterReason.VALUE_OUT_OF_RANGE,
          "is a decimal of %d bits (expected: a precision of %d)"
              .formatted(unscaled.bitLength(), decimal.getPrecision()));
    }
    return unscaled;
  }

  private String text() throws IOException {
    org.apache.avro.util.Utf8 text = decoder.readString(null);
    byte[] bytes = Arrays.copyOf(text.getBytes(), text.getByteLength());
    if (!Utf8.isValid(bytes)) {
      throw refusal(DeadLetterReason.MALFORMED, "is no UTF-8, which JSON has to be");
    }
    return text.toString();
  }

  private UndecodableRecordException refusal(DeadLetterReason reason, String what) {
    return new UndecodableRecordException(
        reason, "Field %s %s (key: output.copy)".formatted(field.path(), what));
  }
}

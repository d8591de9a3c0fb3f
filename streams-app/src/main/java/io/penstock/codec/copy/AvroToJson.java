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
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;

/**
 * Writes a value of Avro as JSON: records and maps are objects, unions are their value, bytes are
 * {@code {"b64": …}}, decimals are numbers, dates and times the integers that they are. The value's
 * bytes have been checked: lengths, indices and depth are sound.
 *
 * <p>Not thread-safe: a copier's own.
 */
final class AvroToJson implements CopyTarget.Copy {

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

  private static void writeBytes(Schema schema, byte[] bytes, JsonGenerator to) throws IOException {
    if (schema.getLogicalType() instanceof LogicalTypes.Decimal decimal && bytes.length > 0) {
      to.writeNumber(new BigDecimal(new BigInteger(bytes), decimal.getScale()));
    } else {
      to.writeStartObject();
      to.writeBinaryField("b64", bytes);
      to.writeEndObject();
    }
  }

  private String text() throws IOException {
    org.apache.avro.util.Utf8 text = decoder.readString(null);
    byte[] bytes = Arrays.copyOf(text.getBytes(), text.getByteLength());
    if (!Utf8.isValid(bytes)) {
      throw new UndecodableRecordException(
          DeadLetterReason.MALFORMED,
          "Field %s is no UTF-8, which JSON has to be (key: output.copy)".formatted(field.path()));
    }
    return text.toString();
  }
}

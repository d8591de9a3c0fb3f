package io.penstock.codec.deadletter;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.penstock.codec.Utf8;
import io.penstock.schemas.DeadLetter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;

/**
 * One JSON object with the members of the Avro schema; what is null is left out. Keys, values and
 * headers are texts where they are UTF-8, so that people can read them, and {@code {"b64": …}} as
 * in TensorFlow Serving's REST API where they are not, or are truncated.
 */
record JsonEnvelope(JsonFactory json) implements Envelope {

  /** What an escape such as a new line's takes at most: {@code \}{@code u000a}. */
  private static final int ESCAPE_BYTES = 6;

  private static final int BASE64_GROUP = 4;
  private static final int BASE64_GROUP_RAW = 3;

  @Override
  public byte[] write(DeadLetter letter) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator generator = json.createGenerator(out)) {
      write(letter, letter.getTruncated(), generator);
    } catch (IOException e) {
      throw new UncheckedIOException("Writing into memory failed", e);
    }
    return out.toByteArray();
  }

  private static void write(SpecificRecord record, boolean truncated, JsonGenerator to)
      throws IOException {
    to.writeStartObject();
    for (Schema.Field field : record.getSchema().getFields()) {
      Object value = record.get(field.pos());
      if (value != null) {
        to.writeFieldName(field.name());
        write(value, truncated, to);
      }
    }
    to.writeEndObject();
  }

  private static void write(Object value, boolean truncated, JsonGenerator to) throws IOException {
    if (value instanceof ByteBuffer bytes) {
      write(bytes, truncated, to);
    } else if (value instanceof List<?> records) {
      to.writeStartArray();
      for (Object record : records) {
        write((SpecificRecord) record, truncated, to);
      }
      to.writeEndArray();
    } else if (value instanceof Number number) {
      to.writeNumber(number.longValue());
    } else if (value instanceof Boolean flag) {
      to.writeBoolean(flag);
    } else {
      // By way of bytes: half a surrogate pair in a message is no reason to fail.
      byte[] text = value.toString().getBytes(StandardCharsets.UTF_8);
      to.writeUTF8String(text, 0, text.length);
    }
  }

  private static void write(ByteBuffer bytes, boolean truncated, JsonGenerator to)
      throws IOException {
    byte[] raw = new byte[bytes.remaining()];
    bytes.duplicate().get(raw);
    if (!truncated && Utf8.isValid(raw)) {
      to.writeUTF8String(raw, 0, raw.length);
    } else {
      to.writeStartObject();
      to.writeBinaryField("b64", raw);
      to.writeEndObject();
    }
  }

  @Override
  public int textBytes(int codePoint) {
    return codePoint < ' ' || codePoint == '"' || codePoint == '\\'
        ? ESCAPE_BYTES
        : Utf8.length(codePoint);
  }

  @Override
  public int rawBytes(int room) {
    // Both key and value may end in a group that is not full.
    return Math.max(0, room / BASE64_GROUP - 2) * BASE64_GROUP_RAW;
  }
}

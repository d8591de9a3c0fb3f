package io.penstock.demo.wire;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;

/**
 * Writes digits as Avro in Confluent's framing: a zero byte, the schema's id in four bytes, the
 * record. Thread-safe.
 */
public final class DigitWriter {

  /** The input topic's schema. The label is not in it: the model must not see the answer. */
  public static final Schema SCHEMA =
      SchemaBuilder.record("Digit")
          .namespace("io.penstock.demo")
          .doc("A handwritten digit, 8 x 8 pixels, row by row, 0 to 1.")
          .fields()
          .requiredString("id")
          .name("pixels")
          .type()
          .array()
          .items()
          .floatType()
          .noDefault()
          .endRecord();

  private final int schemaId;

  public DigitWriter(int schemaId) {
    this.schemaId = schemaId;
  }

  /** The value of the record of that digit. */
  public byte[] write(String id, List<Float> pixels) {
    GenericRecord digit =
        new GenericRecordBuilder(SCHEMA).set("id", id).set("pixels", pixels).build();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(0);
    bytes.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(schemaId).array());
    BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
    try {
      new GenericDatumWriter<GenericRecord>(SCHEMA).write(digit, encoder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}

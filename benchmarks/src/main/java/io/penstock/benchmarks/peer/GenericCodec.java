package io.penstock.benchmarks.peer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.jspecify.annotations.Nullable;

/**
 * Framed Avro as people read and write it: by GenericRecord. The schema is at hand, no registry is
 * asked. Not thread-safe.
 */
public final class GenericCodec {

  private static final int FRAME_BYTES = 5;
  private static final Schema PREDICTION =
      SchemaBuilder.record("Prediction")
          .namespace("io.penstock.benchmarks")
          .fields()
          .name("scores")
          .type()
          .array()
          .items()
          .floatType()
          .noDefault()
          .requiredString("model")
          .requiredLong("version")
          .endRecord();

  private final String field;
  private final GenericDatumReader<GenericRecord> reader;
  private final GenericDatumWriter<GenericRecord> writer = new GenericDatumWriter<>(PREDICTION);
  private @Nullable BinaryDecoder decoder;
  private @Nullable BinaryEncoder encoder;

  /** Arguments: {@code schema}, a file; {@code field}, the one that holds the floats. */
  public GenericCodec(PeerArguments arguments) {
    this.field = arguments.text("field");
    try {
      this.reader =
          new GenericDatumReader<>(
              new Schema.Parser().parse(Path.of(arguments.text("schema")).toFile()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The floats of a record. */
  public float[] read(byte[] framed) {
    decoder =
        DecoderFactory.get()
            .binaryDecoder(framed, FRAME_BYTES, framed.length - FRAME_BYTES, decoder);
    try {
      List<?> values = (List<?>) reader.read(null, decoder).get(field);
      float[] floats = new float[values.size()];
      for (int i = 0; i < floats.length; i++) {
        floats[i] = (Float) values.get(i);
      }
      return floats;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A prediction of those scores. */
  public byte[] write(float[] scores) {
    List<Float> list = new ArrayList<>(scores.length);
    for (float score : scores) {
      list.add(score);
    }
    GenericRecord prediction =
        new GenericRecordBuilder(PREDICTION)
            .set("scores", list)
            .set("model", "model")
            .set("version", 1L)
            .build();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(ByteBuffer.allocate(FRAME_BYTES).put((byte) 0).putInt(1).array());
    encoder = EncoderFactory.get().binaryEncoder(out, encoder);
    try {
      writer.write(prediction, encoder);
      encoder.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }
}

package io.penstock.benchmarks;

import io.penstock.codec.FieldMapping;
import io.penstock.codec.RecordDecoder;
import io.penstock.codec.avro.AvroInputFormat;
import io.penstock.model.DType;
import io.penstock.model.ModelSignature;
import io.penstock.model.NumericColumn;
import io.penstock.model.Rows;
import io.penstock.model.TensorSpec;
import io.penstock.registry.SchemaRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A record of 784 floats, framed Avro, into a batch's column: by the compiled plan, beside a raw
 * copy of the same bytes (the bound) and Avro's own reader (what people write).
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class DecodeBenchmark {

  private static final int FLOATS = 784;
  private static final Schema SCHEMA =
      new Schema.Parser()
          .parse(
              "{\"type\":\"record\",\"name\":\"Image\",\"fields\":[{\"name\":\"id\",\"type\":\"string\"},"
                  + "{\"name\":\"x\",\"type\":{\"type\":\"array\",\"items\":\"float\"}}]}");
  private static final ModelSignature SIGNATURE =
      new ModelSignature(
          "serving_default",
          List.of(new TensorSpec("x", DType.FLOAT32, List.of(-1L, (long) FLOATS))),
          List.of());

  private final Rows rows = Rows.of(SIGNATURE.inputs(), 1);
  private final NumericColumn column = (NumericColumn) rows.column(0);
  private final GenericDatumReader<GenericRecord> reader = new GenericDatumReader<>(SCHEMA);
  private byte[] record = new byte[0];
  private RecordDecoder decoder =
      new AvroInputFormat(new OneSchema(), FieldMapping.byName()).decoder(SIGNATURE);
  private BinaryDecoder avro = DecoderFactory.get().binaryDecoder(new byte[0], null);

  /** Writes the record with Avro's own writer. */
  @Setup
  public void write() throws IOException {
    List<Float> values = new ArrayList<>();
    for (int i = 0; i < FLOATS; i++) {
      values.add(i / 784f);
    }
    GenericData.Record image = new GenericData.Record(SCHEMA);
    image.put("id", "image-1");
    image.put("x", values);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(ByteBuffer.allocate(5).put((byte) 0).putInt(1).array());
    BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
    new GenericDatumWriter<GenericRecord>(SCHEMA).write(image, encoder);
    encoder.flush();
    record = out.toByteArray();
  }

  /** What a stream thread does with each record. */
  @Benchmark
  public byte[] plan() {
    decoder.prepare(record);
    decoder.decode(record, rows, 0);
    return column.bytes();
  }

  /** The bound: the bytes of the floats, copied. */
  @Benchmark
  public byte[] rawCopy() {
    System.arraycopy(record, record.length - FLOATS * 4 - 1, column.bytes(), 0, FLOATS * 4);
    return column.bytes();
  }

  /** What people write. */
  @Benchmark
  public GenericRecord genericRecord() throws IOException {
    avro = DecoderFactory.get().binaryDecoder(record, 5, record.length - 5, avro);
    return reader.read(null, avro);
  }

  /** A registry that holds the one schema. */
  private static final class OneSchema implements SchemaRegistry {

    @Override
    public Schema schemaById(int id) {
      return SCHEMA;
    }

    @Override
    public RegisteredSchema latest(String subject) {
      return new RegisteredSchema(1, 1, SCHEMA);
    }

    @Override
    public int idOf(String subject, Schema schema) {
      return 1;
    }

    @Override
    public int register(String subject, Schema schema) {
      return 1;
    }

    @Override
    public boolean isCompatible(String subject, Schema schema) {
      return true;
    }

    @Override
    public void close() {}
  }
}

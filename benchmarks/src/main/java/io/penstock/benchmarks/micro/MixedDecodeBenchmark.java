package io.penstock.benchmarks.micro;

import io.penstock.benchmarks.data.Workload;
import io.penstock.codec.FieldMapping;
import io.penstock.codec.InputRecord;
import io.penstock.codec.InputSettings;
import io.penstock.codec.RecordDecoder;
import io.penstock.codec.avro.AvroInputFormat;
import io.penstock.model.DType;
import io.penstock.model.ModelSignature;
import io.penstock.model.Rows;
import io.penstock.model.TensorSpec;
import io.penstock.registry.WireFormat;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * A record of 12 scalar fields of six types, of which the model takes ten, beside Avro's reader.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class MixedDecodeBenchmark {

  private static final Schema SCHEMA =
      SchemaBuilder.record("Payment")
          .fields()
          .requiredString("id")
          .requiredLong("time")
          .requiredDouble("amount")
          .requiredDouble("balance")
          .requiredFloat("distance")
          .requiredFloat("speed")
          .requiredInt("age")
          .requiredInt("category")
          .requiredLong("merchant")
          .requiredLong("device")
          .requiredBoolean("abroad")
          .requiredString("currency")
          .endRecord();

  private static final ModelSignature SIGNATURE =
      new ModelSignature(
          "serving_default",
          List.of(
              scalar("amount", DType.FLOAT64),
              scalar("balance", DType.FLOAT64),
              scalar("distance", DType.FLOAT32),
              scalar("speed", DType.FLOAT32),
              scalar("age", DType.INT32),
              scalar("category", DType.INT32),
              scalar("merchant", DType.INT64),
              scalar("device", DType.INT64),
              scalar("abroad", DType.BOOL),
              scalar("currency", DType.STRING)),
          List.of());

  private final Rows rows = Rows.of(SIGNATURE.inputs(), 1);
  private final byte[] record = Workload.framed(OneSchema.ID, payment());
  private final InputRecord input = Images.record(record);
  private final RecordDecoder decoder =
      new AvroInputFormat(
              new InputSettings(
                  "payments",
                  FieldMapping.byName(),
                  Map.of(),
                  new OneSchema("payments-value", SCHEMA)))
          .decoder(SIGNATURE);
  private final GenericDatumReader<GenericRecord> reader = new GenericDatumReader<>(SCHEMA);
  private @Nullable BinaryDecoder avro;

  /** What a stream thread does with each record. */
  @Benchmark
  public Rows plan() {
    decoder.prepare(input);
    decoder.decode(input, rows, 0);
    return rows;
  }

  /** What people write. */
  @Benchmark
  public GenericRecord genericRecord() throws IOException {
    int header = WireFormat.HEADER_BYTES;
    avro = DecoderFactory.get().binaryDecoder(record, header, record.length - header, avro);
    return reader.read(null, avro);
  }

  private static TensorSpec scalar(String name, DType dtype) {
    return new TensorSpec(name, dtype, List.of(-1L));
  }

  private static GenericRecord payment() {
    return new GenericRecordBuilder(SCHEMA)
        .set("id", "payment-1234567")
        .set("time", 1_700_000_000_000L)
        .set("amount", 12.5)
        .set("balance", 1234.75)
        .set("distance", 3.25f)
        .set("speed", 0.5f)
        .set("age", 42)
        .set("category", 5411)
        .set("merchant", 987_654_321L)
        .set("device", 123_456_789_012L)
        .set("abroad", true)
        .set("currency", "EUR")
        .build();
  }
}

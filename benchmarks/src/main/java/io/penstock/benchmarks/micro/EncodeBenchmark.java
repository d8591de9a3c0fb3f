package io.penstock.benchmarks.micro;

import io.penstock.codec.OutputChoice;
import io.penstock.codec.PredictionEncoder;
import io.penstock.codec.avro.PredictionSchemas;
import io.penstock.model.NumericColumn;
import io.penstock.model.Rows;
import io.penstock.model.ServableId;
import io.penstock.registry.WireFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** A row of ten floats to a prediction in framed Avro, beside Avro's own writer. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class EncodeBenchmark {

  private static final ServableId ID = new ServableId("images", 1);
  private static final Schema SCHEMA =
      PredictionSchemas.of(ID.model(), Images.SIGNATURE, OutputChoice.ALL);

  private final Rows rows = Rows.of(Images.SIGNATURE.outputs(), 1);
  private final NumericColumn scores = (NumericColumn) rows.column(0);
  private final PredictionEncoder encoder =
      Images.outputs().encoder(new ImageModel(ID), Images.SIGNATURE);
  private final GenericDatumWriter<GenericRecord> writer = new GenericDatumWriter<>(SCHEMA);
  private @Nullable BinaryEncoder avro;

  public EncodeBenchmark() {
    for (int i = 0; i < Images.SCORES; i++) {
      scores.putFloat(scores.offset(0, i), i / 10f);
    }
  }

  /** What an inference thread does with each row. */
  @Benchmark
  public byte[] prediction() {
    return encoder.encode(rows, 0);
  }

  /** What people write. */
  @Benchmark
  public byte[] genericRecord() throws IOException {
    List<Float> values = new ArrayList<>(Images.SCORES);
    for (int i = 0; i < Images.SCORES; i++) {
      values.add(scores.floatAt(scores.offset(0, i)));
    }
    GenericRecord prediction = new GenericData.Record(SCHEMA);
    prediction.put("scores", values);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] header = new byte[WireFormat.HEADER_BYTES];
    WireFormat.writeHeader(header, OneSchema.ID);
    out.writeBytes(header);
    avro = EncoderFactory.get().binaryEncoder(out, avro);
    writer.write(prediction, avro);
    avro.flush();
    return out.toByteArray();
  }
}

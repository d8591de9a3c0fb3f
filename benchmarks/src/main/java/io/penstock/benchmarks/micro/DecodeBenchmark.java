package io.penstock.benchmarks.micro;

import io.penstock.codec.InputRecord;
import io.penstock.codec.RecordDecoder;
import io.penstock.model.NumericColumn;
import io.penstock.model.Rows;
import io.penstock.registry.WireFormat;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
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
 * A record of 784 floats, framed Avro, into a batch's column: by the compiled plan, beside a raw
 * copy of the same bytes (the bound) and Avro's own reader (what people write).
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class DecodeBenchmark {

  private final Rows rows = Rows.of(Images.SIGNATURE.inputs(), 1);
  private final NumericColumn column = (NumericColumn) rows.column(0);
  private final byte[] record = Images.framed();
  private final InputRecord input = Images.record(record);
  private final RecordDecoder decoder = Images.inputs().decoder(Images.SIGNATURE);
  private final GenericDatumReader<GenericRecord> reader = new GenericDatumReader<>(Images.SCHEMA);
  private @Nullable BinaryDecoder avro;

  /** What a stream thread does with each record. */
  @Benchmark
  public byte[] plan() {
    decoder.prepare(input);
    decoder.decode(input, rows, 0);
    return column.bytes();
  }

  /** The bound: the bytes of the floats, copied. */
  @Benchmark
  public byte[] rawCopy() {
    int length = Images.FLOATS * Float.BYTES;
    System.arraycopy(record, record.length - length - 1, column.bytes(), 0, length);
    return column.bytes();
  }

  /** What people write. */
  @Benchmark
  public GenericRecord genericRecord() throws IOException {
    int header = WireFormat.HEADER_BYTES;
    avro = DecoderFactory.get().binaryDecoder(record, header, record.length - header, avro);
    return reader.read(null, avro);
  }
}

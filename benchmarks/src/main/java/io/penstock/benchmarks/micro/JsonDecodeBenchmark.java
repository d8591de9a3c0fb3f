package io.penstock.benchmarks.micro;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.penstock.codec.FieldMapping;
import io.penstock.codec.InputRecord;
import io.penstock.codec.InputSettings;
import io.penstock.codec.RecordDecoder;
import io.penstock.codec.json.JsonInputFormat;
import io.penstock.model.NumericColumn;
import io.penstock.model.Rows;
import io.penstock.registry.NoRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * A record of 784 floats in JSON into a batch's column, beside Jackson: its databind (what people
 * write) and its streaming parser (what one would take in the reader's place).
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class JsonDecodeBenchmark {

  private final Rows rows = Rows.of(Images.SIGNATURE.inputs(), 1);
  private final NumericColumn column = (NumericColumn) rows.column(0);
  private final byte[] record = record();
  private final InputRecord input = Images.record(record);
  private final RecordDecoder decoder =
      new JsonInputFormat(
              new InputSettings("images", FieldMapping.byName(), Map.of(), new NoRegistry()))
          .decoder(Images.SIGNATURE);
  private final ObjectReader databind = JsonMapper.builder().build().readerFor(Image.class);
  private final JsonFactory jackson =
      JsonFactory.builder().enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER).build();

  /** The record as databind has it. */
  public record Image(String id, List<Float> x) {}

  /** What a stream thread does with each record. */
  @Benchmark
  public byte[] reader() {
    decoder.prepare(input);
    decoder.decode(input, rows, 0);
    return column.bytes();
  }

  /** What people write. */
  @Benchmark
  public Image databind() throws IOException {
    return databind.readValue(record);
  }

  /** Jackson's tokens straight into the column. */
  @Benchmark
  public byte[] streaming() throws IOException {
    try (JsonParser in = jackson.createParser(record)) {
      while (in.nextToken() != JsonToken.START_ARRAY) {
        // The fields before.
      }
      int at = 0;
      while (in.nextToken() != JsonToken.END_ARRAY) {
        column.putFloat(at, in.getFloatValue());
        at += Float.BYTES;
      }
    }
    return column.bytes();
  }

  private static byte[] record() {
    String values =
        IntStream.range(0, Images.FLOATS)
            .mapToObj(i -> String.valueOf((float) i / Images.FLOATS))
            .collect(Collectors.joining(", ", "[", "]"));
    return ("{\"id\": \"image-1\", \"x\": " + values + "}").getBytes(StandardCharsets.UTF_8);
  }
}

package io.penstock.benchmarks.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;

/** The workloads of the suites: the network of the Crayfish benchmark, and the examples. */
public final class Workloads {

  /** Different records: more than a processor's caches would keep of 3.1 KB each. */
  private static final int RECORDS = 256;

  private static final int SEED = 42;
  private static final String NAMESPACE = "io.penstock.benchmarks";

  private Workloads() {}

  /**
   * The small network of the Crayfish benchmark (EDBT 2024): 784 floats to 10, records of 3.1 KB.
   *
   * @param savedModel its folder
   */
  public static Workload ffnn(Path savedModel) {
    SplittableRandom random = new SplittableRandom(SEED);
    return new Workload(
        "ffnn",
        savedModel,
        Map.of("input_1", "features"),
        floats("Image", "features"),
        Stream.generate(() -> image("Image", "features", random.doubles(784).boxed().toList()))
            .limit(RECORDS)
            .toList());
  }

  /**
   * Real digits of 64 pixels for a small convolutional network: the second version of the example.
   */
  public static Workload digits(Path example) {
    List<GenericRecord> records = new ArrayList<>();
    try (CsvReader<NamedCsvRecord> csv =
        CsvReader.builder().ofNamedCsvRecord(example.resolve("digits.csv"))) {
      for (NamedCsvRecord row : csv) {
        List<String> fields = row.getFields();
        records.add(
            image(
                "Digit",
                "pixels",
                fields.subList(fields.size() - 64, fields.size()).stream()
                    .map(Double::valueOf)
                    .toList()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the digits in " + example, e);
    }
    return new Workload(
        "digits",
        example.resolve("2"),
        Map.of("pixels", "pixels"),
        floats("Digit", "pixels"),
        records);
  }

  /** The same digits for the example's first version, which takes less time than a record's way. */
  public static Workload smallDigits(Path example) {
    Workload digits = digits(example);
    return new Workload(
        "small-digits", example.resolve("1"), digits.fields(), digits.schema(), digits.records());
  }

  /** The same digits for a network that takes 100 to 200 ms for a batch of 128. */
  public static Workload slow(Path example, Path savedModel) {
    Workload digits = digits(example);
    return new Workload("slow", savedModel, digits.fields(), digits.schema(), digits.records());
  }

  /** The same digits for a network that takes some 20 ms for any batch. */
  public static Workload steady(Path example, Path savedModel) {
    Workload digits = digits(example);
    return new Workload("steady", savedModel, digits.fields(), digits.schema(), digits.records());
  }

  /** Cars for a model of seven scalars, one of them a string. */
  public static Workload cars(Path example) {
    Schema schema =
        SchemaBuilder.record("Car")
            .namespace(NAMESPACE)
            .fields()
            .requiredLong("cylinders")
            .requiredFloat("displacement")
            .requiredFloat("horsepower")
            .requiredFloat("weight")
            .requiredFloat("acceleration")
            .requiredLong("year")
            .requiredString("origin")
            .endRecord();
    ObjectMapper json = new ObjectMapper();
    try (Stream<String> lines = Files.lines(example.resolve("cars.ndjson"))) {
      List<GenericRecord> records =
          lines.limit(RECORDS).map(line -> car(schema, json, line)).toList();
      return new Workload("cars", example.resolve("1"), Map.of(), schema, records);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the cars in " + example, e);
    }
  }

  /** Token ids of 1 to 64 for a model of sentiments. */
  public static Workload reviews(Path example) {
    Schema schema =
        SchemaBuilder.record("Review")
            .namespace(NAMESPACE)
            .fields()
            .name("token_ids")
            .type()
            .array()
            .items()
            .longType()
            .noDefault()
            .endRecord();
    SplittableRandom random = new SplittableRandom(SEED);
    List<GenericRecord> records =
        Stream.generate(
                () ->
                    (GenericRecord)
                        new GenericRecordBuilder(schema)
                            .set(
                                "token_ids",
                                random.longs(random.nextInt(1, 65), 1, 1000).boxed().toList())
                            .build())
            .limit(RECORDS)
            .toList();
    return new Workload(
        "reviews", example.resolve("1"), Map.of("tokens", "token_ids"), schema, records);
  }

  private static Schema floats(String name, String field) {
    return SchemaBuilder.record(name)
        .namespace(NAMESPACE)
        .fields()
        .requiredString("id")
        .name(field)
        .type()
        .array()
        .items()
        .floatType()
        .noDefault()
        .endRecord();
  }

  private static GenericRecord image(String name, String field, List<Double> values) {
    return new GenericRecordBuilder(floats(name, field))
        .set("id", "image-100")
        .set(field, values.stream().map(Double::floatValue).toList())
        .build();
  }

  private static GenericRecord car(Schema schema, ObjectMapper json, String line) {
    try {
      JsonNode car = json.readTree(line);
      GenericRecordBuilder builder = new GenericRecordBuilder(schema);
      for (Schema.Field field : schema.getFields()) {
        JsonNode value = car.path(field.name());
        builder.set(
            field,
            switch (field.schema().getType()) {
              case LONG -> value.asLong();
              case FLOAT -> (float) value.asDouble();
              default -> value.asText();
            });
      }
      return builder.build();
    } catch (IOException e) {
      throw new UncheckedIOException("Not a car: " + line, e);
    }
  }
}

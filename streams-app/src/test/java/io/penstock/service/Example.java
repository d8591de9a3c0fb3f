package io.penstock.service;

import com.fasterxml.jackson.databind.JsonNode;
import io.penstock.config.PenstockConfig;
import io.penstock.config.PipelineConfig;
import io.penstock.config.load.ConfigLoader;
import io.penstock.testkit.Penstock;
import io.penstock.testkit.Workbench;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.SchemaBuilder.FieldAssembler;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;

/**
 * A folder of {@code examples/}: a model, its configuration with one pipeline, and for each version
 * what TensorFlow in Python computed, {@code golden-<version>.json}.
 */
record Example(String model, Path config, PenstockConfig settings) {

  /** Every folder there. */
  static List<Example> all() {
    return list(Penstock.root().resolve("examples"), Files::isDirectory)
        .map(
            folder -> {
              Path config = folder.resolve("penstock.yaml");
              PenstockConfig settings =
                  new ConfigLoader(Map.of(), 1, 1L << 30).load(config).config();
              return new Example(folder.getFileName().toString(), config, settings);
            })
        .toList();
  }

  PipelineConfig pipeline() {
    return settings.pipeline(settings.pipelines().keySet().iterator().next());
  }

  /** Overrides how long the model's files are watched for changes: nobody is copying them. */
  String settleVariable() {
    return "PENSTOCK_MODELS__%s__SETTLE"
        .formatted(model.replace('-', '_').toUpperCase(Locale.ROOT));
  }

  /** The versions that the model has, lowest first. */
  List<Integer> versions() {
    return list(config.resolveSibling("."), Example::isVersion)
        .map(folder -> Integer.valueOf(folder.getFileName().toString()))
        .sorted()
        .toList();
  }

  private static boolean isVersion(Path folder) {
    return Files.isDirectory(folder) && folder.getFileName().toString().matches("[0-9]+");
  }

  private static Stream<Path> list(Path folder, Predicate<Path> wanted) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(wanted).sorted().toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The golden inputs of a version as records: a field for each input, an array if it has a rank.
   */
  List<GenericRecord> records(int version) {
    JsonNode inputs = Workbench.golden(model, version).get("inputs");
    Schema schema = schema(inputs);
    int rows = inputs.elements().next().at("/shape/0").asInt();
    List<GenericRecord> records = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      GenericRecord record = new GenericData.Record(schema);
      for (var input : inputs.properties()) {
        record.put(field(input.getKey()), row(input.getValue(), row));
      }
      records.add(record);
    }
    return records;
  }

  private Schema schema(JsonNode inputs) {
    FieldAssembler<Schema> fields = SchemaBuilder.record("Example").fields();
    for (var input : inputs.properties()) {
      Schema element =
          Schema.create(
              switch (input.getValue().get("dtype").asText()) {
                case "int64" -> Schema.Type.LONG;
                case "float32" -> Schema.Type.FLOAT;
                case "string" -> Schema.Type.STRING;
                default -> throw new AssertionError("dtype of " + input);
              });
      boolean scalar = input.getValue().get("shape").size() == 1;
      fields
          .name(field(input.getKey()))
          .type(scalar ? element : Schema.createArray(element))
          .noDefault();
    }
    return fields.endRecord();
  }

  private String field(String input) {
    return pipeline().input().fields().getOrDefault(input, List.of(input)).get(0);
  }

  /** A row of a golden tensor, as Avro has it: a value, or a list of them. */
  static Object row(JsonNode tensor, int row) {
    JsonNode values = tensor.get("values");
    IntFunction<Object> value =
        switch (tensor.get("dtype").asText()) {
          case "int64" -> i -> values.get(i).asLong();
          case "float32" -> i -> values.get(i).floatValue();
          default -> i -> values.get(i).asText();
        };
    if (tensor.get("shape").size() == 1) {
      return value.apply(row);
    }
    int width = tensor.at("/shape/1").asInt();
    List<Object> list = new ArrayList<>();
    for (int i = 0; i < width; i++) {
      list.add(value.apply(row * width + i));
    }
    return list;
  }

  @Override
  public String toString() {
    return model;
  }
}

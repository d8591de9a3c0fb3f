package io.penstock.codec.catalog;

import io.penstock.codec.InputFormat;
import io.penstock.codec.InputFormatFactory;
import io.penstock.codec.InputSettings;
import io.penstock.codec.OutputFormat;
import io.penstock.codec.OutputFormatFactory;
import io.penstock.codec.OutputSettings;
import io.penstock.codec.avro.AvroInputFormat;
import io.penstock.codec.avro.AvroOutputFormat;
import io.penstock.codec.example.ExampleInputFormat;
import io.penstock.codec.json.JsonInputFormat;
import io.penstock.codec.json.JsonOutputFormat;
import io.penstock.codec.raw.RawInputFormat;
import io.penstock.codec.raw.RawOutputFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.function.Function;

/** The formats that there are, by name: Penstock's own, and those on the class path. Immutable. */
public final class FormatCatalog {

  private final Map<String, Function<InputSettings, InputFormat>> inputs = new LinkedHashMap<>();
  private final Map<String, Function<OutputSettings, OutputFormat>> outputs = new LinkedHashMap<>();

  private FormatCatalog() {
    ownInput("avro", AvroInputFormat::new);
    ownInput("json", JsonInputFormat::new);
    ownInput("raw", RawInputFormat::new);
    ownInput("tf-example", ExampleInputFormat::new);
    ownOutput("avro", AvroOutputFormat::new);
    ownOutput("json", JsonOutputFormat::new);
    ownOutput("raw", RawOutputFormat::new);
  }

  private void ownInput(String name, Function<InputSettings, InputFormat> format) {
    inputs.put(
        name,
        settings -> {
          requireNoOptions(name, settings.options());
          return format.apply(settings);
        });
  }

  private void ownOutput(String name, Function<OutputSettings, OutputFormat> format) {
    outputs.put(
        name,
        settings -> {
          requireNoOptions(name, settings.options());
          return format.apply(settings);
        });
  }

  private static void requireNoOptions(String name, Map<String, String> options) {
    if (!options.isEmpty()) {
      throw new IllegalArgumentException(
          "options: %s (expected: nothing, since format %s takes no options)"
              .formatted(options.keySet(), name));
    }
  }

  /** Penstock's own formats alone. */
  public static FormatCatalog own() {
    return new FormatCatalog();
  }

  /**
   * Penstock's own formats and those that a {@link ServiceLoader} finds.
   *
   * @throws IllegalStateException if two have one name
   */
  public static FormatCatalog load() {
    FormatCatalog catalog = own();
    ServiceLoader.load(InputFormatFactory.class)
        .forEach(found -> put(catalog.inputs, found.name(), found::create, "input"));
    ServiceLoader.load(OutputFormatFactory.class)
        .forEach(found -> put(catalog.outputs, found.name(), withoutCopies(found), "output"));
    return catalog;
  }

  private static Function<OutputSettings, OutputFormat> withoutCopies(OutputFormatFactory found) {
    return settings -> {
      settings.copies().requireNone("format %s copies no fields".formatted(found.name()));
      return found.create(settings);
    };
  }

  /** The names that {@code input.format} may have. */
  public List<String> inputNames() {
    return List.copyOf(inputs.keySet());
  }

  /** The names that {@code output.format} may have. */
  public List<String> outputNames() {
    return List.copyOf(outputs.keySet());
  }

  InputFormat input(String name, InputSettings settings) {
    return named(inputs, name, "input").apply(settings);
  }

  OutputFormat output(String name, OutputSettings settings) {
    return named(outputs, name, "output").apply(settings);
  }

  private static <F> void put(Map<String, F> formats, String name, F format, String direction) {
    if (formats.putIfAbsent(name, format) != null) {
      throw new IllegalStateException(
          "Two %s formats are called %s; the one on the class path needs another name"
              .formatted(direction, name));
    }
  }

  private static <F> F named(Map<String, F> formats, String name, String direction) {
    F format = formats.get(name);
    if (format == null) {
      throw new IllegalArgumentException(
          "%s.format: %s (expected: one of %s)".formatted(direction, name, formats.keySet()));
    }
    return format;
  }
}

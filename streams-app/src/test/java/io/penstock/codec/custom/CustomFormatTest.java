package io.penstock.codec.custom;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.check.Configs;
import io.penstock.codec.InputFormat;
import io.penstock.codec.InputFormatFactory;
import io.penstock.codec.InputRecords;
import io.penstock.codec.MappingException;
import io.penstock.codec.RecordDecoder;
import io.penstock.codec.UndecodableRecordException;
import io.penstock.codec.catalog.FormatCatalog;
import io.penstock.codec.catalog.PipelineFormats;
import io.penstock.config.load.ConfigurationException;
import io.penstock.model.DType;
import io.penstock.model.ModelSignature;
import io.penstock.model.NumericColumn;
import io.penstock.model.Rows;
import io.penstock.model.TensorSpec;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A format from a jar that a user put on the class path. */
class CustomFormatTest {

  private static final ModelSignature VECTOR =
      new ModelSignature(
          "serving_default",
          List.of(new TensorSpec("x", DType.FLOAT32, List.of(-1L, 3L))),
          List.of());

  @TempDir private Path jar;

  @Test
  void shouldReadAConfiguredFormatThatIsOnTheClassPath() throws Exception {
    InputFormat format =
        withFormat(
            CsvFormat.class, () -> format("{topic: in, format: csv, options: {separator: ;}}"));
    RecordDecoder decoder = format.decoder(VECTOR);
    Rows rows = Rows.of(VECTOR.inputs(), 1);

    decoder.decode(InputRecords.of("0.5;1;-2".getBytes(UTF_8)), rows, 0);

    NumericColumn column = (NumericColumn) rows.column(0);
    assertThat(column.floatAt(0)).isEqualTo(0.5f);
    assertThat(column.floatAt(8)).isEqualTo(-2f);
    assertThat(format.describe(VECTOR)).isEqualTo("[x: float32[-1,3]]");
    assertThatThrownBy(() -> decoder.decode(InputRecords.of("0.5;1".getBytes(UTF_8)), rows, 0))
        .isInstanceOf(UndecodableRecordException.class);
  }

  @Test
  void shouldSayAtTheKeysLineWhatACustomFormatRefuses() {
    assertThatThrownBy(
            () ->
                withFormat(
                    CsvFormat.class,
                    () -> format("{topic: in, format: csv, options: {separator: tab}}")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("pipelines.p.input.options.separator: tab (expected: one character)");
  }

  @Test
  void shouldNotKnowAFormatThatIsNotOnTheClassPath() {
    assertThatThrownBy(() -> format("{topic: in, format: csv}"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(
            "pipelines.p.input.format: csv (expected: one of the formats: avro, json, raw,"
                + " tf-example)");
  }

  @Test
  void shouldRefuseAFormatThatTakesTheNameOfAnother() {
    assertThatThrownBy(() -> withFormat(SecondJson.class, FormatCatalog::load))
        .hasMessage(
            "Two input formats are called json; the one on the class path needs another name");
  }

  /** A format whose name is taken. */
  public static final class SecondJson implements InputFormatFactory {

    @Override
    public String name() {
      return "json";
    }

    @Override
    public InputFormat create(io.penstock.codec.InputSettings settings) {
      throw new MappingException("not made");
    }
  }

  private static InputFormat format(String input) {
    var config =
        Configs.of(
            """
            service: scoring
            kafka: {bootstrap.servers: "kafka:9092"}
            models: {m: {path: models}}
            pipelines:
              p:
                model: m
                start-from: earliest
                input: %s
                output: {topic: out, format: json}
                dead-letters: {topic: dead}
            """
                .formatted(input));
    return PipelineFormats.offline().input(config.pipeline("p").input());
  }

  /** Does something while the thread's class loader has a jar that names that class. */
  private <T> T withFormat(Class<? extends InputFormatFactory> format, Callable<T> use)
      throws Exception {
    Path services = Files.createDirectories(jar.resolve("META-INF/services"));
    Files.writeString(services.resolve(InputFormatFactory.class.getName()), format.getName());
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (URLClassLoader loader = loader(before)) {
      thread.setContextClassLoader(loader);
      return use.call();
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private URLClassLoader loader(ClassLoader parent) throws IOException {
    return new URLClassLoader(new URL[] {jar.toUri().toURL()}, parent);
  }
}

package io.penstock.codec.catalog;

import com.fasterxml.jackson.core.JsonFactory;
import io.penstock.codec.CopiedField;
import io.penstock.codec.Copies;
import io.penstock.codec.CopyTarget;
import io.penstock.codec.FieldMapping;
import io.penstock.codec.InputFormat;
import io.penstock.codec.InputSettings;
import io.penstock.codec.MappingException;
import io.penstock.codec.OutputChoice;
import io.penstock.codec.OutputFormat;
import io.penstock.codec.OutputSettings;
import io.penstock.codec.avro.AvroOutputFormat;
import io.penstock.codec.copy.AvroCopies;
import io.penstock.codec.copy.CopiedTypes;
import io.penstock.codec.copy.JsonCopies;
import io.penstock.codec.deadletter.DeadLetterEncoder;
import io.penstock.codec.top.TopClasses;
import io.penstock.codec.top.TopClassesFormat;
import io.penstock.config.PipelineConfig;
import io.penstock.model.ModelSignature;
import io.penstock.registry.NoRegistry;
import io.penstock.registry.SchemaRegistry;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/** Makes the formats that the configurations of pipelines ask for. Thread-safe. */
public final class PipelineFormats {

  private static final String AVRO = "avro";

  private final FormatCatalog catalog;
  private final SchemaRegistry registry;
  private final boolean autoRegister;

  /**
   * Formats that use that registry.
   *
   * @param autoRegister whether they may register schemas
   */
  public PipelineFormats(FormatCatalog catalog, SchemaRegistry registry, boolean autoRegister) {
    this.catalog = catalog;
    this.registry = registry;
    this.autoRegister = autoRegister;
  }

  /** Formats that cannot ask a registry: for what can be judged without. */
  public static PipelineFormats offline() {
    return new PipelineFormats(FormatCatalog.load(), new NoRegistry(), false);
  }

  /** The format of a pipeline's input. Asks nobody. */
  public InputFormat input(PipelineConfig.Input input) {
    return catalog.input(
        input.format(),
        new InputSettings(input.topic(), mapping(input), input.options(), registry));
  }

  /** What of a pipeline's records feeds which input. */
  public static FieldMapping mapping(PipelineConfig.Input input) {
    Set<String> narrowing =
        input.casts().entrySet().stream()
            .filter(cast -> cast.getValue() == PipelineConfig.Cast.NARROWING)
            .map(Map.Entry::getKey)
            .collect(Collectors.toSet());
    return new FieldMapping(
        input.fields(), narrowing, input.defaults(), input.constants(), input.where());
  }

  /**
   * The format of a pipeline's output. Asks nobody.
   *
   * @param inputTopic where the records come from whose fields are copied
   * @throws MappingException if the output's format cannot hold what is to be copied
   * @throws IllegalArgumentException if the file holds no schema
   */
  public OutputFormat output(String inputTopic, PipelineConfig.Output output) {
    OutputFormat format = format(inputTopic, output);
    TopClasses top = topClasses(output);
    return top == null ? format : new TopClassesFormat(format, top);
  }

  private OutputFormat format(String inputTopic, PipelineConfig.Output output) {
    Copies copies =
        new Copies(Copies.fields(output.copy()), CopySchema.read(output.copySchema()), inputTopic);
    return catalog.output(
        output.format(),
        new OutputSettings(
            output.topic(),
            OutputChoice.of(output.outputs()),
            copies,
            output.options(),
            registry,
            autoRegister));
  }

  private static @Nullable TopClasses topClasses(PipelineConfig.Output output) {
    PipelineConfig.TopClasses top = output.topClasses();
    return top == null ? null : new TopClasses(top.of(), top.count(), top.labels());
  }

  /**
   * Fails where a pipeline's records have no fields to copy, or it is not said of which types they
   * are and has to be.
   *
   * @throws MappingException naming the key
   */
  public void requireCopies(PipelineConfig.Input input, PipelineConfig.Output output) {
    List<CopiedField> fields = Copies.fields(output.copy());
    if (fields.isEmpty()) {
      return;
    }
    Schema types = CopySchema.read(output.copySchema());
    CopyTarget target =
        types == null
            ? new JsonCopies(new JsonFactory(), fields)
            : new AvroCopies(fields, CopiedTypes.of(fields, types));
    var unused = input(input).copier(target);
    boolean typed = output.format().equals(AVRO);
    if (typed && !input.format().equals(AVRO) && output.copySchema() == null) {
      throw new MappingException(
          "output.copy: %s of %s records have no types (to say them: output.copy-schema)"
              .formatted(output.copy(), input.format()));
    }
    if (!typed && output.copySchema() != null) {
      throw new MappingException(
          "output.copy-schema: %s (expected: nothing, since %s predictions have no types)"
              .formatted(output.copySchema(), output.format()));
    }
  }

  /**
   * The schema of a pipeline's predictions in Avro. May ask the registry.
   *
   * @throws MappingException if the signature's outputs or the copied fields cannot be written
   * @throws io.penstock.registry.RegistryException if the registry does not answer
   */
  public Schema predictions(PipelineConfig config, ModelSignature signature) {
    TopClasses top = topClasses(config.output());
    return ((AvroOutputFormat) format(config.input().topic(), config.output()))
        .schema(config.model(), top == null ? signature : top.of(signature));
  }

  /**
   * The encoder of a pipeline's dead letters. May ask the registry.
   *
   * @throws io.penstock.registry.RegistryException if their schema is not registered and may not
   *     be, or the registry does not answer
   */
  public DeadLetterEncoder deadLetters(PipelineConfig.DeadLetters deadLetters) {
    return switch (deadLetters.format()) {
      case AVRO -> DeadLetterEncoder.avro(registry, deadLetters.topic(), autoRegister);
      case JSON -> DeadLetterEncoder.json();
    };
  }
}

package io.penstock.codec.avro;

import io.penstock.codec.CopiedField;
import io.penstock.codec.Copies;
import io.penstock.codec.MappingException;
import io.penstock.codec.OutputChoice;
import io.penstock.codec.OutputFormat;
import io.penstock.codec.OutputSettings;
import io.penstock.codec.PredictionEncoder;
import io.penstock.codec.copy.AvroCopies;
import io.penstock.codec.copy.CopiedTypes;
import io.penstock.model.ModelSignature;
import io.penstock.model.ServableVersion;
import io.penstock.registry.RegistryException;
import io.penstock.registry.SchemaRegistry;
import io.penstock.registry.SubjectNames;
import io.penstock.registry.Subjects;
import io.penstock.registry.WriterSchemas;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.Schema.Field;

/**
 * Predictions in Avro binary with Confluent's framing, in the schema of {@link PredictionSchemas},
 * under the subject that the registry's strategy names, {@code <output topic>-value} by default.
 * Thread-safe.
 */
public final class AvroOutputFormat implements OutputFormat {

  private final SchemaRegistry registry;
  private final WriterSchemas schemas;
  private final SubjectNames subjects;
  private final String topic;
  private final OutputChoice choice;
  private final Copies copies;

  public AvroOutputFormat(OutputSettings settings) {
    this.registry = settings.registry();
    this.schemas = new WriterSchemas(settings.registry(), settings.autoRegister());
    this.subjects = settings.registry().subjects();
    this.topic = settings.topic();
    this.choice = settings.outputs();
    this.copies = settings.copies();
  }

  @Override
  public PredictionEncoder encoder(ServableVersion version, ModelSignature signature) {
    List<Field> types = copiedTypes();
    Schema schema = schema(version.id().model(), signature, types);
    String subject = subjects.of(topic, schema);
    WriterSchemas.requireCompatible(registry, subject, schema);
    int id = schemas.idOf(subject, schema);
    return new AvroPredictionEncoder(
        id, choice.bind(signature), new AvroCopies(copies.fields(), types));
  }

  /**
   * The schema of predictions. Asks the registry where the types of copied fields are those of the
   * newest schema of the input topic.
   *
   * @throws MappingException if the outputs or the copied fields cannot be written
   * @throws RegistryException if the registry does not answer
   */
  public Schema schema(String model, ModelSignature signature) {
    return schema(model, signature, copiedTypes());
  }

  private Schema schema(String model, ModelSignature signature, List<Field> types) {
    return PredictionSchemas.of(model, signature, choice, copies.fields(), types);
  }

  @Override
  public void requireWritable(String model, ModelSignature signature) {
    PredictionSchemas.requireOtherNames(signature, choice, copies.fields());
    Schema types = copies.types();
    if (types != null) {
      var unused = schema(model, signature, CopiedTypes.of(copies.fields(), types));
    }
  }

  private List<Field> copiedTypes() {
    return copies.isEmpty() ? List.of() : CopiedTypes.of(copies.fields(), records());
  }

  /** A schema of the records that fields are copied from. */
  private Schema records() {
    Schema types = copies.types();
    if (types != null) {
      return types;
    }
    String subject = Subjects.ofValues(copies.inputTopic());
    if (!subjects.areKnownByTopic()) {
      throw untyped("subjects are named after records, so that the schema of the input is unknown");
    }
    try {
      return registry.latest(subject).schema();
    } catch (RegistryException e) {
      if (e.isNotFound()) {
        throw untyped("subject %s has no schema yet".formatted(subject));
      }
      throw e;
    }
  }

  private MappingException untyped(String why) {
    return new MappingException(
        "output.copy: the types of %s are not known, since %s (to say them: output.copy-schema)"
            .formatted(copies.fields().stream().map(CopiedField::path).toList(), why));
  }
}

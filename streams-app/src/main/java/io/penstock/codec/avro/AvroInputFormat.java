package io.penstock.codec.avro;

import io.penstock.codec.CopyTarget;
import io.penstock.codec.FieldCopier;
import io.penstock.codec.FieldMapping;
import io.penstock.codec.InputFormat;
import io.penstock.codec.InputSettings;
import io.penstock.codec.MappingException;
import io.penstock.codec.RecordDecoder;
import io.penstock.codec.UndecodableRecordException;
import io.penstock.codec.avro.plan.DecodePlan;
import io.penstock.model.ModelSignature;
import io.penstock.registry.RegistryException;
import io.penstock.registry.SchemaRegistry;
import io.penstock.registry.SchemaRegistry.RegisteredSchema;
import io.penstock.registry.Subjects;
import java.util.Optional;

/**
 * Records in Avro binary with Confluent's framing: a zero byte, the writer schema's id in the
 * registry, the record. Thread-safe.
 */
public final class AvroInputFormat implements InputFormat {

  private final SchemaRegistry registry;
  private final String subject;
  private final FieldMapping mapping;

  public AvroInputFormat(InputSettings settings) {
    this.registry = settings.registry();
    this.subject = Subjects.ofValues(settings.topic());
    this.mapping = settings.mapping();
  }

  /** Where the schemas are registered that producers write with. */
  public String subject() {
    return subject;
  }

  @Override
  public RecordDecoder decoder(ModelSignature signature) {
    return new AvroRecordDecoder(registry, mapping.bind(signature));
  }

  @Override
  public FieldCopier copier(CopyTarget target) {
    return new AvroFieldCopier(registry, target);
  }

  @Override
  public String describe(ModelSignature signature) {
    return mapping.describe(signature);
  }

  /**
   * The newest registered schema, which stands for what producers write now or soon, and whose
   * records can be decoded for that signature; empty while the subject has none, or is named after
   * records that are not known: then there is nothing to be held against.
   *
   * @throws UndecodableRecordException if they cannot, naming field, input, dtype and schema id
   * @throws MappingException if the mapping does not fit the signature
   * @throws RegistryException if the registry does not answer, or not with an Avro schema
   */
  public Optional<RegisteredSchema> newestThatFits(ModelSignature signature) {
    if (!registry.subjects().areKnownByTopic()) {
      return Optional.empty();
    }
    RegisteredSchema newest;
    try {
      newest = registry.latest(subject);
    } catch (RegistryException e) {
      if (e.isNotFound()) {
        return Optional.empty();
      }
      throw e;
    }
    DecodePlan.compile(newest.id(), newest.schema(), mapping.bind(signature)).check();
    return Optional.of(newest);
  }

  @Override
  public void requireReadable(ModelSignature signature) {
    try {
      var unused = newestThatFits(signature);
    } catch (UndecodableRecordException e) {
      throw new MappingException(
          "records of the newest schema of subject %s do not fit: %s. Name its fields (key: input.fields%s), or register the schema that this version is meant for"
              .formatted(
                  subject,
                  e.getMessage(),
                  mapping.where().isEmpty() ? "" : ", " + mapping.where()));
    }
  }
}

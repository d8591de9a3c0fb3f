package io.penstock.check.schema;

import io.penstock.codec.FieldMapping;
import io.penstock.codec.MappingException;
import io.penstock.codec.UndecodableRecordException;
import io.penstock.codec.avro.plan.DecodePlan;
import io.penstock.model.ModelSignature;
import io.penstock.model.ServableVersion;
import io.penstock.registry.RegistryException;
import io.penstock.registry.SchemaRegistry;
import io.penstock.registry.SchemaRegistry.RegisteredSchema;
import io.penstock.registry.Subjects;
import java.util.Optional;

/**
 * The newest registered schema of a pipeline's input, which stands for what producers write now or
 * soon. Asks the registry each time. Thread-safe.
 */
public final class InputSchema {

  private final SchemaRegistry registry;
  private final String pipeline;
  private final FieldMapping mapping;
  private final String subject;

  /**
   * The schema of a pipeline's input.
   *
   * @param pipeline its name, for messages
   * @param topic its input topic, which the subject is named after
   */
  public InputSchema(SchemaRegistry registry, String pipeline, String topic, FieldMapping mapping) {
    this.registry = registry;
    this.pipeline = pipeline;
    this.mapping = mapping;
    this.subject = Subjects.ofValues(topic);
  }

  String subject() {
    return subject;
  }

  /**
   * The newest schema, whose records can be decoded for that signature; empty while the subject has
   * none, since then there is nothing to be held against.
   *
   * @throws UndecodableRecordException if they cannot, naming field, input, dtype and schema id
   * @throws MappingException if the mapping does not fit the signature
   * @throws RegistryException if the registry does not answer, or not with an Avro schema
   */
  Optional<RegisteredSchema> newestThatFits(ModelSignature signature) {
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

  /**
   * Fails where a version would turn every record of the newest schema into a dead letter.
   *
   * @param signature the one of the version that the pipeline runs
   * @throws MappingException naming pipeline, version, subject, field, input and dtype
   * @throws RegistryException if the registry does not answer, or not with an Avro schema
   */
  public void requireReadableBy(ServableVersion version, ModelSignature signature) {
    try {
      var unused = newestThatFits(signature);
    } catch (UndecodableRecordException e) {
      throw new MappingException(
          "Pipeline %s: %s cannot read records of the newest schema of subject %s: %s. Name its fields (key: pipelines.%s.input.fields), or register the schema that this version is meant for"
              .formatted(pipeline, version.id(), subject, e.getMessage(), pipeline));
    }
  }
}

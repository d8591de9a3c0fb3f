package io.penstock.check.schema;

import io.penstock.check.model.CheckedPipeline;
import io.penstock.codec.MappingException;
import io.penstock.codec.deadletter.DeadLetterEncoder;
import io.penstock.config.PipelineConfig;
import io.penstock.model.ModelSignature;
import io.penstock.registry.SchemaRegistry;
import io.penstock.registry.SubjectNames;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;

/** A schema that Penstock writes, and the subject that it must be registered under. */
record WrittenSchema(String subject, Schema schema) {

  /**
   * Those that a pipeline's predictions have, by its model's versions, older ones' first.
   *
   * @throws MappingException if copied fields are of no type that is known
   * @throws io.penstock.registry.RegistryException if the registry does not answer
   */
  static List<WrittenSchema> ofPredictions(SchemaRegistry registry, CheckedPipeline pipeline) {
    List<WrittenSchema> schemas = new ArrayList<>();
    if (!pipeline.config().writesAvro()) {
      return schemas;
    }
    String topic = pipeline.config().output().topic();
    for (ModelSignature signature : pipeline.servable().values()) {
      Schema schema = pipeline.predictions(registry, signature);
      schemas.add(new WrittenSchema(registry.subjects().of(topic, schema), schema));
    }
    return schemas;
  }

  /** That of a pipeline's dead letters, where they are Avro. */
  static List<WrittenSchema> ofDeadLetters(SubjectNames subjects, CheckedPipeline pipeline) {
    PipelineConfig.DeadLetters letters = pipeline.config().deadLetters();
    if (letters.format() != PipelineConfig.DeadLetterFormat.AVRO) {
      return List.of();
    }
    Schema schema = DeadLetterEncoder.schema();
    return List.of(new WrittenSchema(subjects.of(letters.topic(), schema), schema));
  }
}

package io.penstock.check.schema;

import io.penstock.check.model.CheckedPipeline;
import io.penstock.codec.DeadLetterEncoder;
import io.penstock.registry.Subjects;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.avro.Schema;

/** A schema that Penstock writes, and the subject that it must be registered under. */
record WrittenSchema(String subject, Schema schema) {

  /** Those that the pipelines write once the newest versions serve. */
  static List<WrittenSchema> ofNewestVersions(Collection<CheckedPipeline> pipelines) {
    Set<WrittenSchema> schemas = new LinkedHashSet<>();
    for (CheckedPipeline pipeline : pipelines) {
      List<WrittenSchema> predictions = predictions(pipeline);
      schemas.addAll(predictions.subList(Math.max(0, predictions.size() - 1), predictions.size()));
      schemas.add(deadLetters(pipeline));
    }
    return List.copyOf(schemas);
  }

  /** Those that the pipelines write, whichever version serves; older versions' first. */
  static List<WrittenSchema> ofAllVersions(Collection<CheckedPipeline> pipelines) {
    Set<WrittenSchema> schemas = new LinkedHashSet<>();
    for (CheckedPipeline pipeline : pipelines) {
      schemas.addAll(predictions(pipeline));
      schemas.add(deadLetters(pipeline));
    }
    return List.copyOf(schemas);
  }

  private static List<WrittenSchema> predictions(CheckedPipeline pipeline) {
    String subject = Subjects.ofValues(pipeline.config().output().topic());
    List<WrittenSchema> schemas = new ArrayList<>();
    pipeline
        .servable()
        .values()
        .forEach(
            signature -> schemas.add(new WrittenSchema(subject, pipeline.predictions(signature))));
    return schemas;
  }

  private static WrittenSchema deadLetters(CheckedPipeline pipeline) {
    return new WrittenSchema(
        Subjects.ofValues(pipeline.config().deadLetters().topic()), DeadLetterEncoder.schema());
  }
}

package io.penstock.check.schema;

import io.penstock.check.Check;
import io.penstock.check.Verdict;
import io.penstock.check.model.CheckedPipeline;
import io.penstock.codec.InputSettings;
import io.penstock.codec.UndecodableRecordException;
import io.penstock.codec.avro.AvroInputFormat;
import io.penstock.codec.catalog.PipelineFormats;
import io.penstock.config.PipelineConfig;
import io.penstock.model.ModelSignature;
import io.penstock.registry.RegistryException;
import io.penstock.registry.SchemaRegistry;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;

/**
 * Checks that records of the input's latest Avro schema can be decoded for the newest version that
 * the pipeline can serve. Silent where it can serve none, or does not read Avro.
 */
final class InputSchemaCheck implements Check {

  private final SchemaRegistry registry;
  private final CheckedPipeline pipeline;

  InputSchemaCheck(SchemaRegistry registry, CheckedPipeline pipeline) {
    this.registry = registry;
    this.pipeline = pipeline;
  }

  @Override
  public List<Verdict> verdicts() {
    SortedMap<Long, ModelSignature> servable = pipeline.servable();
    if (servable.isEmpty() || !pipeline.config().readsAvro()) {
      return List.of();
    }
    ModelSignature newest = Objects.requireNonNull(servable.get(servable.lastKey()));
    return List.of(verdict(newest));
  }

  private Verdict verdict(ModelSignature signature) {
    PipelineConfig.Input config = pipeline.config().input();
    AvroInputFormat input =
        new AvroInputFormat(
            new InputSettings(
                config.topic(), PipelineFormats.mapping(config), config.options(), registry));
    String subject = "schema " + input.subject();
    try {
      return input
          .newestThatFits(signature)
          .map(
              newest ->
                  Verdict.ok(
                      subject,
                      "version %d, id %d, has the fields: %s"
                          .formatted(newest.version(), newest.id(), input.describe(signature))))
          .orElseGet(
              () ->
                  Verdict.warning(
                      subject,
                      (registry.subjects().areKnownByTopic()
                              ? "not registered yet"
                              : "not known, since subjects are named after records")
                          + ", so that the fields of pipeline "
                          + pipeline.name()
                          + " could not be checked against it"));
    } catch (RegistryException e) {
      return Verdict.failed(subject, String.valueOf(e.getMessage()));
    } catch (UndecodableRecordException e) {
      return Verdict.failed(
          subject,
          "%s (key: pipelines.%s.input.fields, %s)"
              .formatted(e.getMessage(), pipeline.name(), pipeline.config().input().where()));
    }
  }
}

package io.penstock.check.schema;

import io.penstock.check.Check;
import io.penstock.check.Verdict;
import io.penstock.check.model.CheckedPipeline;
import io.penstock.codec.FieldMapping;
import io.penstock.codec.UndecodableRecordException;
import io.penstock.model.ModelSignature;
import io.penstock.registry.RegistryException;
import io.penstock.registry.SchemaRegistry;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;

/**
 * Checks that records of the input's latest schema can be decoded for the newest version that the
 * pipeline can serve. Silent where it can serve none.
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
    if (servable.isEmpty()) {
      return List.of();
    }
    ModelSignature newest = Objects.requireNonNull(servable.get(servable.lastKey()));
    return List.of(verdict(newest));
  }

  private Verdict verdict(ModelSignature signature) {
    InputSchema input =
        new InputSchema(
            registry,
            pipeline.name(),
            pipeline.config().input().topic(),
            new FieldMapping(pipeline.config().input().fields()));
    String subject = "schema " + input.subject();
    try {
      return input
          .newestThatFits(signature)
          .map(
              newest ->
                  Verdict.ok(
                      subject,
                      "version %d, id %d, has the fields: %s"
                          .formatted(
                              newest.version(),
                              newest.id(),
                              CheckedPipeline.describe(pipeline.bindings(signature)))))
          .orElseGet(
              () ->
                  Verdict.warning(
                      subject,
                      "not registered yet, so that the fields of pipeline "
                          + pipeline.name()
                          + " could not be checked against it"));
    } catch (RegistryException e) {
      return Verdict.failed(subject, String.valueOf(e.getMessage()));
    } catch (UndecodableRecordException e) {
      return Verdict.failed(
          subject,
          "%s (key: pipelines.%s.input.fields)".formatted(e.getMessage(), pipeline.name()));
    }
  }
}

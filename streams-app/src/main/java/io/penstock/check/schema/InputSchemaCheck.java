package io.penstock.check.schema;

import io.penstock.check.Check;
import io.penstock.check.Verdict;
import io.penstock.check.model.CheckedPipeline;
import io.penstock.codec.InputBinding;
import io.penstock.codec.UndecodableRecordException;
import io.penstock.codec.avro.plan.DecodePlan;
import io.penstock.model.ModelSignature;
import io.penstock.registry.RegistryException;
import io.penstock.registry.SchemaRegistry;
import io.penstock.registry.SchemaRegistry.RegisteredSchema;
import io.penstock.registry.Subjects;
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
    return List.of(verdict(pipeline.bindings(newest)));
  }

  private Verdict verdict(List<InputBinding> bindings) {
    String topicSubject = Subjects.ofValues(pipeline.config().input().topic());
    String subject = "schema " + topicSubject;
    try {
      RegisteredSchema latest = registry.latest(topicSubject);
      DecodePlan.compile(latest.id(), latest.schema(), bindings).check();
      return Verdict.ok(
          subject,
          "version %d, id %d, has the fields: %s"
              .formatted(latest.version(), latest.id(), CheckedPipeline.describe(bindings)));
    } catch (RegistryException e) {
      return e.isNotFound()
          ? Verdict.warning(
              subject,
              "not registered yet, so that the fields of pipeline "
                  + pipeline.name()
                  + " could not be checked against it")
          : Verdict.failed(subject, String.valueOf(e.getMessage()));
    } catch (UndecodableRecordException e) {
      return Verdict.failed(
          subject,
          "%s (key: pipelines.%s.input.fields)".formatted(e.getMessage(), pipeline.name()));
    }
  }
}

package io.penstock.check.schema;

import io.penstock.check.Verdict;
import io.penstock.check.model.CheckedPipeline;
import io.penstock.codec.MappingException;
import io.penstock.registry.RegistryException;
import io.penstock.registry.SchemaRegistry;
import io.penstock.registry.WriterSchemas;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Registers the schemas that Penstock writes, for every version that may serve. */
public final class SchemaRegistration {

  private final SchemaRegistry registry;
  private final List<CheckedPipeline> pipelines;

  public SchemaRegistration(SchemaRegistry registry, Collection<CheckedPipeline> pipelines) {
    this.registry = registry;
    this.pipelines = List.copyOf(pipelines);
  }

  /** Registers what is missing; a verdict for each schema. Stops when the registry is down. */
  public List<Verdict> register() {
    List<Verdict> verdicts = new ArrayList<>();
    for (CheckedPipeline pipeline : pipelines) {
      if (pipeline.config().writesAvro() && pipeline.servable().isEmpty()) {
        verdicts.add(
            Verdict.failed(
                "pipeline " + pipeline.name(),
                "no version of model "
                    + pipeline.config().model()
                    + " can be served, so that the schema of its predictions is unknown (see:"
                    + " penstock config check)"));
      }
    }
    for (WrittenSchema written : written(verdicts)) {
      try {
        verdicts.add(register(written));
      } catch (RegistryException e) {
        verdicts.add(Verdict.failed("schema " + written.subject(), "refused: " + e.getMessage()));
        if (e.isRetriable()) {
          break;
        }
      }
    }
    return verdicts;
  }

  /** Everything that is written, once; what cannot be known is a verdict. */
  private Set<WrittenSchema> written(List<Verdict> verdicts) {
    Set<WrittenSchema> schemas = new LinkedHashSet<>();
    for (CheckedPipeline pipeline : pipelines) {
      try {
        schemas.addAll(WrittenSchema.ofPredictions(registry, pipeline));
      } catch (MappingException | RegistryException e) {
        verdicts.add(Verdict.failed("pipeline " + pipeline.name(), String.valueOf(e.getMessage())));
      }
      schemas.addAll(WrittenSchema.ofDeadLetters(registry.subjects(), pipeline));
    }
    return schemas;
  }

  private Verdict register(WrittenSchema written) {
    String subject = "schema " + written.subject();
    String name = written.schema().getFullName();
    try {
      int id = registry.idOf(written.subject(), written.schema());
      return Verdict.ok(subject, name + " is there already, id " + id);
    } catch (RegistryException e) {
      if (!e.isNotFound()) {
        throw e;
      }
    }
    WriterSchemas.requireCompatible(registry, written.subject(), written.schema());
    int id = registry.register(written.subject(), written.schema());
    return Verdict.ok(subject, name + " registered, id " + id);
  }
}

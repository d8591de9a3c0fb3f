package io.penstock.check.schema;

import io.penstock.check.Check;
import io.penstock.check.Verdict;
import io.penstock.check.model.CheckedPipeline;
import io.penstock.codec.MappingException;
import io.penstock.registry.RegistryException;
import io.penstock.registry.SchemaRegistry;
import io.penstock.registry.Subjects;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Checks the registry and every schema in it that pipelines read and write. Where the registry does
 * not answer, it is said once.
 */
public final class RegistryChecks implements Check {

  /** For a registry of which nothing is known yet: that there is no such subject is an answer. */
  private static final String ANY_SUBJECT = "penstock";

  private final SchemaRegistry registry;
  private final List<CheckedPipeline> pipelines;
  private final boolean autoRegister;
  private final String file;

  /**
   * Checks of a configuration.
   *
   * @param autoRegister whether Penstock may register the schemas it writes
   * @param file the configuration's file, for the commands that messages name
   */
  public RegistryChecks(
      SchemaRegistry registry,
      Collection<CheckedPipeline> pipelines,
      boolean autoRegister,
      String file) {
    this.registry = registry;
    this.pipelines = List.copyOf(pipelines);
    this.autoRegister = autoRegister;
    this.file = file;
  }

  @Override
  public List<Verdict> verdicts() {
    List<Verdict> verdicts = new ArrayList<>(new RegistryCheck(registry, anySubject()).verdicts());
    if (Verdict.allPass(verdicts)) {
      for (CheckedPipeline pipeline : pipelines) {
        verdicts.addAll(new InputSchemaCheck(registry, pipeline).verdicts());
      }
      Set<WrittenSchema> schemas = new LinkedHashSet<>();
      for (CheckedPipeline pipeline : pipelines) {
        try {
          List<WrittenSchema> predictions = WrittenSchema.ofPredictions(registry, pipeline);
          int newest = Math.max(0, predictions.size() - 1);
          schemas.addAll(predictions.subList(newest, predictions.size()));
        } catch (MappingException | RegistryException e) {
          verdicts.add(
              Verdict.failed("pipeline " + pipeline.name(), String.valueOf(e.getMessage())));
        }
        schemas.addAll(WrittenSchema.ofDeadLetters(registry.subjects(), pipeline));
      }
      for (WrittenSchema written : schemas) {
        verdicts.addAll(new WrittenSchemaCheck(registry, written, autoRegister, file).verdicts());
      }
    }
    return verdicts;
  }

  /** One that may be looked at, where access is granted by subject. */
  private String anySubject() {
    return pipelines.stream()
        .findFirst()
        .map(pipeline -> Subjects.ofValues(pipeline.config().input().topic()))
        .orElse(ANY_SUBJECT);
  }
}

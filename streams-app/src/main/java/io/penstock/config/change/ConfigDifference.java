package io.penstock.config.change;

import io.penstock.config.PenstockConfig;
import java.util.Set;

/**
 * What becomes of each model and each pipeline when a configuration takes the place of another. A
 * pipeline runs on versions of its model, so it changes with the model. Immutable.
 */
public record ConfigDifference(Changes models, Changes pipelines) {

  /**
   * The difference between two configurations.
   *
   * @param modelsAnew models that are not as they should be, whatever is configured: they begin
   *     anew
   * @param pipelinesAnew the same of pipelines, such as those that have halted
   */
  public static ConfigDifference between(
      PenstockConfig now, PenstockConfig next, Set<String> modelsAnew, Set<String> pipelinesAnew) {
    Changes models =
        Changes.between(
            now.models(),
            next.models(),
            name -> !now.model(name).equals(next.model(name)) || modelsAnew.contains(name));
    Changes pipelines =
        Changes.between(
            now.pipelines(),
            next.pipelines(),
            name ->
                !now.pipeline(name).saysTheSameAs(next.pipeline(name))
                    || models.changed().contains(next.pipeline(name).model())
                    || pipelinesAnew.contains(name));
    return new ConfigDifference(models, pipelines);
  }

  /** Of a configuration that stays. */
  public static ConfigDifference none(PenstockConfig config) {
    return between(config, config, Set.of(), Set.of());
  }

  /** Whether all stays as it is. */
  public boolean isEmpty() {
    return models.isEmpty() && pipelines.isEmpty();
  }

  /** As the log has it. */
  @Override
  public String toString() {
    return "pipelines " + pipelines + " models " + models;
  }
}

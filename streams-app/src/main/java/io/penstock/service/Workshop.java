package io.penstock.service;

import io.penstock.config.ModelConfig;
import io.penstock.config.PenstockConfig;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * Makes models and pipelines, at rest, of a configuration. Thread-safe.
 *
 * @param work runs what may block: registry look-ups and starts of pipelines
 * @param controlThread runs what the control plane's thread has to do
 */
record Workshop(
    PipelineFactory pipelines, ModelFactory models, Executor work, Executor controlThread) {

  /** See {@link PipelineFactory#create}. */
  ServedPipeline pipeline(PenstockConfig config, String name) {
    return pipelines.create(config, name);
  }

  /**
   * A model for pipelines.
   *
   * @param pipelines those that use it
   */
  ModelHost model(PenstockConfig config, String name, List<ServedPipeline> pipelines) {
    boolean automatic = config.model(name).promotion() == ModelConfig.Promotion.AUTOMATIC;
    return new ModelHost(models.create(config, name), automatic, pipelines, work, controlThread);
  }
}

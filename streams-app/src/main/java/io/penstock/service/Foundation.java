package io.penstock.service;

import io.penstock.config.ModelConfig;
import io.penstock.control.ProtocolLevel;
import io.penstock.model.loading.ModelLoader;
import io.penstock.model.source.ModelSource;
import io.penstock.model.tensorflow.SavedModelLoader;
import io.penstock.model.tensorflow.SessionSettings;
import io.penstock.pipeline.ThreadLanes;
import io.penstock.streams.PipelineClients;
import org.apache.kafka.streams.KafkaClientSupplier;

/**
 * What a service stands on: sources and TensorFlow below its models, Kafka below its pipelines. To
 * have versions from elsewhere than a directory, start the service on one with another source. The
 * chaos tests put faults in between. Thread-safe.
 */
public interface Foundation {

  /** TensorFlow and Kafka as they are. */
  Foundation GENUINE =
      new Foundation() {
        @Override
        public ModelLoader loader(SessionSettings settings) {
          return new SavedModelLoader(settings);
        }

        @Override
        public KafkaClientSupplier clients(String pipeline, ThreadLanes lanes) {
          return new PipelineClients(pipeline, lanes);
        }
      };

  /** What loads versions. */
  ModelLoader loader(SessionSettings settings);

  /**
   * Where a model's versions come from: its directory, unless a foundation has another source, such
   * as an object store or a model registry. Closed with the model.
   */
  default ModelSource source(String model, ModelConfig config) {
    return ModelFactory.directory(model, config);
  }

  /** The Kafka clients of one pipeline's stream threads. */
  KafkaClientSupplier clients(String pipeline, ThreadLanes lanes);

  /**
   * The level of the control protocol that the instance speaks: this code's, unless it stands for
   * an older release in a test of upgrades.
   */
  default int protocolLevel() {
    return ProtocolLevel.CURRENT;
  }
}

package io.penstock.service;

import io.penstock.model.lifecycle.ModelLoader;
import io.penstock.model.tensorflow.SavedModelLoader;
import io.penstock.model.tensorflow.SessionSettings;
import io.penstock.pipeline.ThreadLanes;
import io.penstock.streams.PipelineClients;
import org.apache.kafka.streams.KafkaClientSupplier;

/**
 * What a service stands on: TensorFlow below its models, Kafka below its pipelines. The chaos tests
 * put faults in between. Thread-safe.
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

  /** The Kafka clients of one pipeline's stream threads. */
  KafkaClientSupplier clients(String pipeline, ThreadLanes lanes);
}

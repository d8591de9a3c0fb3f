package io.penstock.faults;

import io.penstock.model.loading.ModelLoader;
import io.penstock.model.tensorflow.SessionSettings;
import io.penstock.pipeline.ThreadLanes;
import io.penstock.service.Foundation;
import org.apache.kafka.streams.KafkaClientSupplier;

/**
 * TensorFlow and Kafka as they are, with {@link Faults} in between.
 *
 * @param faults what is armed in this process
 */
public record FaultyFoundation(Faults faults) implements Foundation {

  @Override
  public ModelLoader loader(SessionSettings settings) {
    ModelLoader genuine = GENUINE.loader(settings);
    return (id, directory, signatures) ->
        new FaultyModel(genuine.load(id, directory, signatures), faults);
  }

  @Override
  public KafkaClientSupplier clients(String pipeline, ThreadLanes lanes) {
    return new FaultyClients(pipeline, lanes, faults);
  }
}

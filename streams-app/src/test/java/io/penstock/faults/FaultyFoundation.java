package io.penstock.faults;

import io.penstock.control.ProtocolLevel;
import io.penstock.model.loading.ModelLoader;
import io.penstock.model.tensorflow.SessionSettings;
import io.penstock.pipeline.ThreadLanes;
import io.penstock.service.Foundation;
import org.apache.kafka.streams.KafkaClientSupplier;

/**
 * TensorFlow and Kafka as they are, with {@link Faults} in between; and of the level of the control
 * protocol that a system property names, as an older release would be.
 *
 * @param faults what is armed in this process
 */
public record FaultyFoundation(Faults faults) implements Foundation {

  /** The system property that names the level. */
  public static final String PROTOCOL_LEVEL = "protocol.level";

  @Override
  public int protocolLevel() {
    return Integer.getInteger(PROTOCOL_LEVEL, ProtocolLevel.CURRENT);
  }

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

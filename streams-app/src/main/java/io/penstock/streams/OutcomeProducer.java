package io.penstock.streams;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * A stream thread's producer. Streams asks it for the output's partitions before every record,
 * which a Kafka producer looks up anew each time: here they stay what they were at the first one.
 * So does the partition that an input's outcomes go to, should somebody add partitions meanwhile.
 */
final class OutcomeProducer extends KafkaProducer<byte[], byte[]> {

  private final Map<String, List<PartitionInfo>> partitions = new ConcurrentHashMap<>();

  OutcomeProducer(Map<String, Object> config) {
    super(config, new ByteArraySerializer(), new ByteArraySerializer());
  }

  @Override
  public List<PartitionInfo> partitionsFor(String topic) {
    List<PartitionInfo> known = partitions.get(topic);
    if (known == null) {
      known = super.partitionsFor(topic);
      partitions.put(topic, known);
    }
    return known;
  }
}

package io.penstock.faults;

import io.penstock.pipeline.ThreadLanes;
import io.penstock.streams.PipelineClients;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A pipeline's clients, with a producer that has {@link Faults}. */
public final class FaultyClients extends PipelineClients {

  private final Faults faults;

  public FaultyClients(String pipeline, ThreadLanes lanes, Faults faults) {
    super(pipeline, lanes);
    this.faults = faults;
  }

  @Override
  public Producer<byte[], byte[]> getProducer(Map<String, Object> config) {
    return new FaultyProducer(config, faults);
  }

  private static final class FaultyProducer extends KafkaProducer<byte[], byte[]> {

    private final Faults faults;

    FaultyProducer(Map<String, Object> config, Faults faults) {
      super(config, new ByteArraySerializer(), new ByteArraySerializer());
      this.faults = faults;
    }

    /** What a real time-out does: the send is accepted, and fails later in its callback. */
    @Override
    public Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record, Callback callback) {
      if (faults.takeFailedSend()) {
        TimeoutException failure = new TimeoutException("injected after the send was accepted");
        TopicPartition nowhere = new TopicPartition(record.topic(), 0);
        callback.onCompletion(new RecordMetadata(nowhere, -1, -1, -1, -1, -1), failure);
        return CompletableFuture.failedFuture(failure);
      }
      return super.send(record, callback);
    }

    /** The sinks ask this before each send. */
    @Override
    public List<PartitionInfo> partitionsFor(String topic) {
      ForwardPath path = faults.takeTimeout();
      if (path != null) {
        throw new TimeoutException("injected on the way from " + path);
      }
      return super.partitionsFor(topic);
    }
  }
}

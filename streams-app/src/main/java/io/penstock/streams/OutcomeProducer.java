package io.penstock.streams;

import io.penstock.pipeline.ThreadLanes;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.errors.StreamsException;
import org.jspecify.annotations.Nullable;

/**
 * A stream thread's producer.
 *
 * <p>Streams asks it for the output's partitions before every record, which a Kafka producer looks
 * up anew each time: here they stay what they were at the first one. So does the partition that an
 * input's outcomes go to, should somebody add partitions meanwhile.
 *
 * <p>A send that has failed, without transactions, fails every {@link #flush} from then on, so that
 * the thread ends and commits nothing more. Streams keeps one failure for all tasks of a thread,
 * the last, and forgets it once it was thrown: a second failure of another task would be forgotten
 * with it, and that task's offset committed without the outcome.
 *
 * <p>A transactional producer refuses to commit by itself. That it is fenced, it says to its
 * thread's lane: Streams then closes all tasks, and none must wait for what somebody else computes
 * now.
 */
public class OutcomeProducer extends KafkaProducer<byte[], byte[]> {

  private final Map<String, List<PartitionInfo>> partitions = new ConcurrentHashMap<>();
  private final AtomicReference<@Nullable StreamsException> failure = new AtomicReference<>();
  private final AtomicReference<@Nullable Exception> fencing = new AtomicReference<>();
  private final ThreadLanes lanes;
  private final boolean transactional;

  public OutcomeProducer(Map<String, Object> config, ThreadLanes lanes) {
    super(config, new ByteArraySerializer(), new ByteArraySerializer());
    this.lanes = lanes;
    transactional = config.get(ProducerConfig.TRANSACTIONAL_ID_CONFIG) != null;
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

  @Override
  public final Future<RecordMetadata> send(
      ProducerRecord<byte[], byte[]> record, Callback callback) {
    return accept(record, transactional ? rememberingFencing(callback) : remembering(callback));
  }

  /** With the id of the topic that the offsets are of. */
  @Override
  public void sendOffsetsToTransaction(
      Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata group) {
    super.sendOffsetsToTransaction(InputIdentity.of(lanes).stamp(offsets), group);
  }

  /** What becomes of a record after this is told to the callback alone. */
  protected Future<RecordMetadata> accept(
      ProducerRecord<byte[], byte[]> record, Callback callback) {
    return super.send(record, callback);
  }

  private Callback rememberingFencing(Callback callback) {
    return (metadata, exception) -> {
      if (exception instanceof ProducerFencedException
          || exception instanceof InvalidProducerEpochException) {
        fencing.compareAndSet(null, exception);
      }
      callback.onCompletion(metadata, exception);
    };
  }

  private Callback remembering(Callback callback) {
    return (metadata, exception) -> {
      if (exception != null) {
        failure.compareAndSet(
            null,
            new StreamsException(
                "An outcome could not be written to %s: %s. Nothing is committed any more by this "
                        .formatted(metadata.topic(), exception.getMessage())
                    + "stream thread; another one takes its records again",
                exception));
      }
      callback.onCompletion(metadata, exception);
    };
  }

  /**
   * Until every record that was sent is written.
   *
   * @throws StreamsException if one has not been, now or earlier
   */
  @Override
  public void flush() {
    super.flush();
    Exception fenced = fencing.getAndSet(null);
    if (fenced != null) {
      lanes
          .current()
          .drop(new StreamsException("fenced: somebody else has the partitions", fenced));
    }
    StreamsException failed = failure.get();
    if (failed != null) {
      throw failed;
    }
  }
}

package io.penstock.faults;

import io.penstock.pipeline.ThreadLanes;
import io.penstock.streams.OutcomeProducer;
import io.penstock.streams.PipelineClients;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/** A pipeline's clients, with a producer that has {@link Faults}. */
public final class FaultyClients extends PipelineClients {

  /**
   * An environment variable: an address of the broker for pipelines, where the control plane's
   * clients have another.
   */
  public static final String DATA_BROKER = "DATA_BROKER";

  private final ThreadLanes lanes;
  private final Faults faults;

  public FaultyClients(String pipeline, ThreadLanes lanes, Faults faults) {
    super(pipeline, lanes);
    this.lanes = lanes;
    this.faults = faults;
  }

  @Override
  public Producer<byte[], byte[]> getProducer(Map<String, Object> config) {
    return new FaultyProducer(addressed(config), faults, lanes);
  }

  @Override
  public org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> getConsumer(
      Map<String, Object> config) {
    if (faults.takeUnmadeConsumer()) {
      throw new KafkaException("injected: no consumer can be made");
    }
    return super.getConsumer(addressed(config));
  }

  @Override
  public Admin getAdmin(Map<String, Object> config) {
    return super.getAdmin(addressed(config));
  }

  private static Map<String, Object> addressed(Map<String, Object> config) {
    Map<String, Object> keys = new HashMap<>(config);
    String address = System.getenv(DATA_BROKER);
    if (address != null) {
      keys.put("bootstrap.servers", address);
    }
    return keys;
  }

  private static final class FaultyProducer extends OutcomeProducer {

    private final Faults faults;

    /** What failed and is told with the next flush, by partition; the sender's thread only. */
    private final SortedMap<Integer, Runnable> failed = new TreeMap<>();

    FaultyProducer(Map<String, Object> config, Faults faults, ThreadLanes lanes) {
      super(config, lanes);
      this.faults = faults;
    }

    /** What a real time-out does: the send is accepted, and fails later in its callback. */
    @Override
    protected Future<RecordMetadata> accept(
        ProducerRecord<byte[], byte[]> record, Callback callback) {
      if (faults.takeFailedSend()) {
        return fail(record, callback, Runnable::run);
      }
      Integer partition = record.partition();
      if (partition != null && faults.takeFailedFlush(partition)) {
        return fail(record, callback, telling -> failed.put(partition, telling));
      }
      return super.accept(record, callback);
    }

    private static Future<RecordMetadata> fail(
        ProducerRecord<byte[], byte[]> record, Callback callback, Consumer<Runnable> teller) {
      TimeoutException failure = new TimeoutException("injected after the send was accepted");
      TopicPartition nowhere = new TopicPartition(record.topic(), 0);
      teller.accept(
          () -> callback.onCompletion(new RecordMetadata(nowhere, -1, -1, -1, -1, -1), failure));
      return CompletableFuture.failedFuture(failure);
    }

    @Override
    public void flush() {
      failed.values().forEach(Runnable::run);
      failed.clear();
      super.flush();
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

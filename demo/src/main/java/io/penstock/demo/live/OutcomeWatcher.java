package io.penstock.demo.live;

import io.penstock.demo.wire.OutcomeHeaders;
import io.penstock.demo.wire.PredictionReader;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Follows the topics of outcomes as a read_committed consumer, on a thread of its own, which alone
 * touches the consumer.
 */
public final class OutcomeWatcher implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(100);

  private final String outputTopic;
  private final String labelHeader;
  private final PredictionReader predictions;
  private final LiveStatistics statistics;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
  private final Thread thread = new Thread(this::run, "outcome-watcher");
  private volatile boolean stopped;

  /**
   * A watcher that {@link #start} starts.
   *
   * @param broker what a client needs to know of it
   */
  public OutcomeWatcher(
      Map<String, String> broker,
      String outputTopic,
      String deadLetterTopic,
      String labelHeader,
      PredictionReader predictions,
      LiveStatistics statistics) {
    this.outputTopic = outputTopic;
    this.labelHeader = labelHeader;
    this.predictions = predictions;
    this.statistics = statistics;
    Map<String, Object> settings = new HashMap<>(broker);
    settings.put("client.id", "demo-watcher");
    settings.put("isolation.level", "read_committed");
    settings.put("auto.offset.reset", "earliest");
    this.consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    consumer.assign(Stream.of(outputTopic, deadLetterTopic).flatMap(this::partitions).toList());
    thread.setDaemon(true);
  }

  public void start() {
    thread.start();
  }

  /** What stopped the watcher, if something did. */
  public Optional<Exception> failure() {
    return Optional.ofNullable(failure.get());
  }

  @Override
  public void close() {
    stopped = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Stream<TopicPartition> partitions(String topic) {
    return consumer.partitionsFor(topic).stream()
        .map(info -> new TopicPartition(topic, info.partition()));
  }

  private void run() {
    try (consumer) {
      while (!stopped) {
        var records = consumer.poll(POLL);
        long nowMillis = System.currentTimeMillis();
        records.forEach(record -> add(record, nowMillis));
      }
    } catch (RuntimeException e) {
      failure.set(e);
    }
  }

  private void add(ConsumerRecord<byte[], byte[]> outcome, long nowMillis) {
    if (outcome.topic().equals(outputTopic)) {
      String label = OutcomeHeaders.text(outcome, labelHeader);
      statistics.addPrediction(
          outcome.timestamp(),
          nowMillis,
          OutcomeHeaders.version(outcome),
          label.equals(String.valueOf(predictions.digit(outcome))));
    } else {
      statistics.addDeadLetter(outcome.timestamp(), nowMillis);
    }
  }
}

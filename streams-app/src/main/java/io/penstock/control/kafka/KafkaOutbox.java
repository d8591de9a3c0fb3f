package io.penstock.control.kafka;

import io.penstock.config.ControlTopics;
import io.penstock.control.Outbox;
import io.penstock.control.message.ControlMessages;
import io.penstock.schemas.Command;
import io.penstock.schemas.InstanceReport;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends reports and proposals to their topics. Thread-safe. An outage is noted once; what is lost
 * in it is made good by the next heartbeat, since reports say all there is to say.
 */
final class KafkaOutbox implements Outbox {

  private static final Logger LOG = LoggerFactory.getLogger(KafkaOutbox.class);

  private final Producer<String, byte[]> producer;
  private final ControlTopics topics;
  private final LongConsumer onReported;
  private final AtomicBoolean failing = new AtomicBoolean();

  /**
   * An outbox.
   *
   * @param onReported gets the time, by {@link System#nanoTime}, at which a report was sent that
   *     all in-sync replicas have taken
   */
  KafkaOutbox(Producer<String, byte[]> producer, ControlTopics topics, LongConsumer onReported) {
    this.producer = producer;
    this.topics = topics;
    this.onReported = onReported;
  }

  @Override
  public CompletionStage<Void> report(InstanceReport report) {
    ReportKey key = new ReportKey(report.getInstance(), report.getModel());
    long sentNanos = System.nanoTime();
    return send(topics.reports(), key.toString(), ControlMessages.encode(report))
        .thenAccept(offset -> onReported.accept(sentNanos));
  }

  @Override
  public CompletionStage<Void> depart(String instance, String model) {
    return send(topics.reports(), new ReportKey(instance, model).toString(), null)
        .thenAccept(offset -> {});
  }

  @Override
  public CompletionStage<Long> propose(Command command) {
    return send(topics.control(), null, ControlMessages.encode(command));
  }

  /** Waits until everything sent so far is safe, or lost. */
  void flush() {
    producer.flush();
  }

  private CompletionStage<Long> send(String topic, @Nullable String key, byte @Nullable [] value) {
    CompletableFuture<Long> sent = new CompletableFuture<>();
    try {
      Future<RecordMetadata> unused =
          producer.send(
              new ProducerRecord<>(topic, 0, key, value),
              (metadata, failure) -> {
                if (failure == null) {
                  succeeded(sent, topic, metadata.offset());
                } else {
                  failed(sent, topic, failure);
                }
              });
    } catch (RuntimeException e) {
      failed(sent, topic, e);
    }
    return sent;
  }

  private void succeeded(CompletableFuture<Long> sent, String topic, long offset) {
    if (failing.compareAndSet(true, false)) {
      LOG.info("{}: sending again", topic);
    }
    sent.complete(offset);
  }

  private void failed(CompletableFuture<Long> sent, String topic, Exception failure) {
    if (failing.compareAndSet(false, true)) {
      LOG.warn("{}: cannot send, going on trying: {}", topic, failure.toString());
    }
    sent.completeExceptionally(failure);
  }

  void close(Duration timeout) {
    producer.close(timeout);
  }
}

package io.penstock.benchmarks.subject;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Somebody who promotes one version of a model after the other, from 1 round to 1 again, by a line
 * of JSON on the control topic every so often. Thread-safe.
 */
public final class Promoter implements AutoCloseable {

  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "benchmarks-promote");
            thread.setDaemon(true);
            return thread;
          });
  private final KafkaProducer<String, String> producer;
  private final String topic;
  private final String model;
  private final int versions;
  // Confined to the executor's thread.
  private int version;

  /**
   * Promotes until it is closed.
   *
   * @param versions how many there are
   */
  public Promoter(
      String bootstrapServers, String service, String model, int versions, Duration interval) {
    this.topic = service + ".control";
    this.model = model;
    this.versions = versions;
    this.producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrapServers, "client.id", "benchmarks-promote"),
            new StringSerializer(),
            new StringSerializer());
    var unused =
        executor.scheduleAtFixedRate(
            this::promoteNext, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
  }

  // What does not arrive is missing in the count of cutovers.
  @SuppressWarnings("FutureReturnValueIgnored")
  private void promoteNext() {
    version = version % versions + 1;
    producer.send(
        new ProducerRecord<>(
            topic, "{\"promote\":{\"model\":\"%s\",\"version\":%d}}".formatted(model, version)));
  }

  @Override
  public void close() {
    executor.shutdownNow();
    producer.close(Duration.ofSeconds(5));
  }
}

package io.penstock.streams;

import io.penstock.config.StartFrom;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.LogAndFailExceptionHandler;
import org.apache.kafka.streams.errors.LogAndFailProcessingExceptionHandler;

/**
 * How a pipeline's {@code KafkaStreams} runs.
 *
 * @param applicationId {@code <service>-<pipeline>}: consumer group and transactional ids
 * @param exactlyOnce {@code exactly_once_v2}, else {@code at_least_once}
 * @param threads stream threads
 * @param kafka any Kafka Streams, consumer, producer or admin key; wins over Penstock's defaults
 */
public record StreamsSettings(
    String applicationId,
    boolean exactlyOnce,
    StartFrom startFrom,
    int threads,
    Map<String, String> kafka) {

  public StreamsSettings {
    kafka = Map.copyOf(kafka);
  }

  /** Penstock's defaults, the user's keys over them, and over these what Penstock must own. */
  Map<String, Object> properties() {
    Map<String, Object> properties = new HashMap<>();
    // Results that finish while the consumer polls wait for the poll to end.
    properties.put(StreamsConfig.POLL_MS_CONFIG, 1);
    properties.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, exactlyOnce ? 100 : 1000);
    properties.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), 2000);
    properties.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), 0);
    properties.put(StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), 128 * 1024);
    properties.put(
        StreamsConfig.producerPrefix(ProducerConfig.BUFFER_MEMORY_CONFIG), 64L * 1024 * 1024);

    properties.putAll(kafka);

    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, applicationId);
    properties.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, threads);
    properties.put(
        StreamsConfig.PROCESSING_GUARANTEE_CONFIG,
        exactlyOnce ? StreamsConfig.EXACTLY_ONCE_V2 : StreamsConfig.AT_LEAST_ONCE);
    // Handlers that go on after an error would see the wrong record here, and lose it.
    properties.put(
        StreamsConfig.PROCESSING_EXCEPTION_HANDLER_CLASS_CONFIG,
        LogAndFailProcessingExceptionHandler.class);
    properties.put(
        StreamsConfig.DESERIALIZATION_EXCEPTION_HANDLER_CLASS_CONFIG,
        LogAndFailExceptionHandler.class);
    return properties;
  }
}

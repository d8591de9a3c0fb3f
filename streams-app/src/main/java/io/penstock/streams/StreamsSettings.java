package io.penstock.streams;

import io.penstock.config.PenstockConfig;
import io.penstock.config.StartFrom;
import io.penstock.config.kafka.KafkaDefaults;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.IsolationLevel;
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

  /** Streams warns of every topology without it; its constant is deprecated, the key is not yet. */
  private static final String GLOBAL_HANDLER = "processing.exception.handler.global.enabled";

  public StreamsSettings {
    kafka = Map.copyOf(kafka);
  }

  /** The group that keeps which topic the pipeline has begun with. */
  String inputGroup() {
    return PenstockConfig.inputGroup(applicationId);
  }

  /** Penstock's defaults, the user's keys over them, and over these what Penstock must own. */
  public Map<String, Object> properties() {
    Map<String, Object> properties = new HashMap<>();
    KafkaDefaults.all().forEach(key -> properties.put(key.key(), key.value(exactlyOnce)));

    properties.putAll(kafka);

    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, applicationId);
    properties.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, threads);
    properties.put(
        StreamsConfig.PROCESSING_GUARANTEE_CONFIG,
        exactlyOnce ? StreamsConfig.EXACTLY_ONCE_V2 : StreamsConfig.AT_LEAST_ONCE);
    // An aborted transaction's records are no input, whatever the guarantee of our own outcomes.
    properties.put(
        StreamsConfig.consumerPrefix(ConsumerConfig.ISOLATION_LEVEL_CONFIG),
        IsolationLevel.READ_COMMITTED.toString());
    // Handlers that go on after an error would see the wrong record here, and lose it.
    properties.put(
        StreamsConfig.PROCESSING_EXCEPTION_HANDLER_CLASS_CONFIG,
        LogAndFailProcessingExceptionHandler.class);
    properties.put(
        StreamsConfig.DESERIALIZATION_EXCEPTION_HANDLER_CLASS_CONFIG,
        LogAndFailExceptionHandler.class);
    properties.put(GLOBAL_HANDLER, true);
    // Streams' assignor makes a StreamsConfig of the main consumer's keys, which warns by itself.
    properties.put(StreamsConfig.mainConsumerPrefix(GLOBAL_HANDLER), true);
    return properties;
  }
}

package io.penstock.config.kafka;

import static org.apache.kafka.clients.producer.ProducerConfig.TRANSACTION_TIMEOUT_CONFIG;
import static org.apache.kafka.streams.StreamsConfig.COMMIT_INTERVAL_MS_CONFIG;

import io.penstock.config.PenstockConfig;
import io.penstock.config.PipelineConfig;
import java.util.Map;
import org.apache.kafka.streams.StreamsConfig;

/** Whether a transaction can be committed in time: it lasts for a commit interval first. */
public final class CommitTimes {

  private CommitTimes() {}

  /**
   * Fails where a pipeline's transactions would time out while they are committed.
   *
   * @throws IllegalArgumentException naming pipeline and keys
   */
  public static void require(PenstockConfig config) {
    config
        .pipelines()
        .forEach(
            (name, pipeline) -> {
              if (pipeline.guarantee() == PipelineConfig.Guarantee.EXACTLY_ONCE_V2) {
                require(name, config.kafka(pipeline));
              }
            });
  }

  private static void require(String pipeline, Map<String, String> kafka) {
    long interval = millis(kafka, COMMIT_INTERVAL_MS_CONFIG);
    String prefixed = StreamsConfig.producerPrefix(TRANSACTION_TIMEOUT_CONFIG);
    long timeout =
        millis(kafka, kafka.containsKey(prefixed) ? prefixed : TRANSACTION_TIMEOUT_CONFIG);
    if (interval > timeout / 2) {
      throw new IllegalArgumentException(
          "pipelines.%s: commit.interval.ms: %d (expected: at most half of transaction.timeout.ms: %d, since a commit that the interval ends has to wait for the model then); lower the one, or raise the other (keys: kafka.commit.interval.ms, kafka.%s)"
              .formatted(pipeline, interval, timeout, prefixed));
    }
  }

  private static long millis(Map<String, String> kafka, String key) {
    String value = kafka.get(key);
    return Long.parseLong(
        value != null
            ? value
            : KafkaDefaults.all().stream()
                .filter(known -> known.key().equals(key))
                .findFirst()
                .orElseThrow()
                .value(true));
  }
}

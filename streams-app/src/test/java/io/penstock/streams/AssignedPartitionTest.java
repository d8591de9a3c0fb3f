package io.penstock.streams;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.metrics.Gauge;
import org.apache.kafka.common.metrics.Metrics;
import org.junit.jupiter.api.Test;

final class AssignedPartitionTest {

  @Test
  void shouldKnowTheLagOfATopicWithDotsByItsOwnName() {
    try (Metrics metrics = new Metrics()) {
      // given: as Kafka 4.3 reports it, under both names
      lag(metrics, "records-lag", "payments.eu", 7);
      lag(metrics, "records-lag", "payments_eu", 7);
      lag(metrics, "records-lag-max", "payments.eu", 70);
      // when
      Map<TopicPartition, Long> lags = AssignedPartition.lags(metrics.metrics());
      // then
      assertThat(lags).containsEntry(new TopicPartition("payments.eu", 3), 7L);
    }
  }

  @Test
  void shouldKnowNoLagBeforeTheFirstFetch() {
    try (Metrics metrics = new Metrics()) {
      // given
      lag(metrics, "records-lag", "payments", Double.NaN);
      // when
      Map<TopicPartition, Long> lags = AssignedPartition.lags(metrics.metrics());
      // then
      assertThat(lags).isEmpty();
    }
  }

  private static void lag(Metrics metrics, String name, String topic, double records) {
    MetricName metric =
        metrics.metricName(
            name, "consumer-fetch-manager-metrics", Map.of("topic", topic, "partition", "3"));
    metrics.addMetric(metric, (Gauge<Double>) (config, now) -> records);
  }
}

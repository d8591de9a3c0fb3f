package io.penstock.check.topic;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.check.Configs;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ClusterTest {

  @Test
  void shouldGiveTheAdminClientTheKeysItUnderstands() {
    Map<String, Object> properties =
        Cluster.adminProperties(
            Configs.minimal(
                "security.protocol: SASL_SSL",
                "retries: 5",
                "admin.retries: 7",
                "producer.linger.ms: 3",
                "audit.sampling: 7",
                "commit.interval.ms: 100"));

    assertThat(properties)
        .containsOnly(
            Map.entry("bootstrap.servers", "kafka:9092"),
            Map.entry("client.id", "scoring-check"),
            Map.entry("security.protocol", "SASL_SSL"),
            Map.entry("audit.sampling", "7"),
            Map.entry("retries", "7"));
  }
}

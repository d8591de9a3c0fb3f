package io.penstock.config.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;

final class BootstrapServersTest {

  @Test
  void shouldTellNamesThatDoNotResolveFromOtherMistakes() {
    Throwable unresolved =
        catchThrowable(
            () -> Admin.create(Map.of("bootstrap.servers", "broker.invalid:9092")).close());
    Throwable malformed =
        catchThrowable(() -> Admin.create(Map.of("bootstrap.servers", "broker")).close());

    assertThat(BootstrapServers.areUnresolved(unresolved)).as("%s", unresolved).isTrue();
    assertThat(malformed).hasRootCauseInstanceOf(ConfigException.class);
    assertThat(BootstrapServers.areUnresolved(malformed)).isFalse();
  }
}

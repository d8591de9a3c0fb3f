package io.penstock.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ReplayKeysTest {

  @Test
  void shouldMakeNoTopicByLookingAtIt() {
    assertThat(ReplayKeys.ofConsumer(Map.of("bootstrap.servers", "127.0.0.1:1"), "client"))
        .containsEntry("allow.auto.create.topics", "false")
        .containsEntry("isolation.level", "read_committed")
        .doesNotContainKey("group.id");
  }
}

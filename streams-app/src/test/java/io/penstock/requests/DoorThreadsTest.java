package io.penstock.requests;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.testkit.Penstock;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

class DoorThreadsTest {

  @Test
  void shouldHaveThePriorityThatTheScriptGivesAMeaning() throws IOException {
    Thread thread = DoorThreads.named("door").newThread(() -> {});

    assertThat(thread.isDaemon()).isTrue();
    assertThat(thread.getName()).isEqualTo("penstock-door-0");
    assertThat(Files.readString(Penstock.root().resolve("penstock")))
        .contains("-XX:JavaPriority" + thread.getPriority() + "_To_OSPriority=5");
  }
}

package io.penstock.model.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ModelThreadsTest {

  private final ModelThreads threads = new ModelThreads("digits");

  @Test
  void shouldLoadBehindThoseWhoServe() {
    Thread load = threads.inTheBackground("load").newThread(() -> {});

    assertThat(load.getPriority()).isEqualTo(Thread.MIN_PRIORITY);
    assertThat(load.getName()).isEqualTo("penstock-digits-load");
  }

  @Test
  void shouldKeepNoProcessAlive() {
    assertThat(threads.of("close").newThread(() -> {}).isDaemon()).isTrue();
    assertThat(threads.inTheBackground("load").newThread(() -> {}).isDaemon()).isTrue();
  }
}

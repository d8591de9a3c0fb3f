package io.penstock.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutcomeHeadersTest {

  @ParameterizedTest
  @ValueSource(longs = {0, 7, 9, 10, 99, 100, 1_234_567_890_123L, Long.MAX_VALUE})
  void shouldWriteOffsetsInDecimal(long offset) {
    assertThat(OutcomeHeaders.withDecimal("in-3@".getBytes(UTF_8), offset))
        .isEqualTo(("in-3@" + offset).getBytes(UTF_8));
  }
}

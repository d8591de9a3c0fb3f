package io.penstock.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutcomeHeadersTest {

  @Test
  void shouldKeepAllButWhatIsTrueOfTheInputAlone() {
    RecordHeaders input = new RecordHeaders();
    for (String name :
        List.of("trace", "penstock-input", "__value_schema_id", "__key_schema_id", "trace")) {
      input.add(name, new byte[1]);
    }

    assertThat(OutcomeHeaders.kept(input))
        .extracting(Header::key)
        .containsExactly("trace", "__key_schema_id", "trace");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 7, 9, 10, 99, 100, 1_234_567_890_123L, Long.MAX_VALUE})
  void shouldWriteOffsetsInDecimal(long offset) {
    assertThat(OutcomeHeaders.withDecimal("in-3@".getBytes(UTF_8), offset))
        .isEqualTo(("in-3@" + offset).getBytes(UTF_8));
  }
}

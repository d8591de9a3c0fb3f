package io.penstock.demo.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class OutcomeHeadersTest {

  @Test
  void shouldReadWhatAnOutcomeIsOf() {
    var record =
        Records.record(
            new byte[0],
            Map.of(
                "penstock-input-topic", "digits",
                "penstock-input-partition", "2",
                "penstock-input-offset", "9000000000"));

    assertThat(OutcomeHeaders.input(record))
        .isEqualTo(new Coordinates("digits", 2, 9_000_000_000L))
        .hasToString("digits-2@9000000000");
  }

  @Test
  void shouldReadTheVersion() {
    var record =
        Records.record(
            new byte[0],
            Map.of(
                "penstock-model", "digits",
                "penstock-version", "2",
                "penstock-fingerprint", "f"));

    assertThat(OutcomeHeaders.version(record)).isEqualTo(2);
  }

  @Test
  void shouldNameAHeaderThatIsMissing() {
    var record = Records.record(new byte[0], Map.of("penstock-model", "digits"));

    assertThatThrownBy(() -> OutcomeHeaders.version(record))
        .isInstanceOf(UnreadableOutcomeException.class)
        .hasMessage("predictions-3@14 has no header penstock-fingerprint");
  }

  @Test
  void shouldNameAHeaderThatIsNoNumber() {
    var record =
        Records.record(
            new byte[0],
            Map.of("penstock-input-topic", "digits", "penstock-input-partition", "two"));

    assertThatThrownBy(() -> OutcomeHeaders.input(record))
        .hasMessage(
            "predictions-3@14 has the header penstock-input-partition: two (expected: a number)");
  }
}

package io.penstock.demo.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class OutcomeHeadersTest {

  @Test
  void shouldReadWhatAnOutcomeIsOf() {
    var record = Records.record(new byte[0], Map.of("penstock-input", "digits-in-2@9000000000"));

    assertThat(OutcomeHeaders.input(record))
        .isEqualTo(new Coordinates("digits-in", 2, 9_000_000_000L))
        .hasToString("digits-in-2@9000000000");
  }

  @Test
  void shouldReadTheVersion() {
    var record =
        Records.record(
            new byte[0],
            Map.of("penstock-served-by", "pipeline=p;model=digits;version=2;fingerprint=f"));

    assertThat(OutcomeHeaders.version(record)).isEqualTo(2);
  }

  @Test
  void shouldNameAHeaderThatIsMissing() {
    var record = Records.record(new byte[0], Map.of("penstock-input", "digits-in-2@0"));

    assertThatThrownBy(() -> OutcomeHeaders.version(record))
        .isInstanceOf(UnreadableOutcomeException.class)
        .hasMessage("predictions-3@14 has no header penstock-served-by");
  }

  @Test
  void shouldNameAHeaderThatIsNotAsDocumented() {
    var record = Records.record(new byte[0], Map.of("penstock-input", "digits-in-two@0"));

    assertThatThrownBy(() -> OutcomeHeaders.input(record))
        .hasMessageStartingWith(
            "predictions-3@14 has the header penstock-input: digits-in-two@0 (expected: ");
  }
}

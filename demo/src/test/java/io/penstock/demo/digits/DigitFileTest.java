package io.penstock.demo.digits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DigitFileTest {

  @Test
  void shouldReadTheExample() {
    // when
    List<Digit> digits = DigitFile.read(Path.of("../examples/digits/digits.csv"));

    // then
    assertThat(digits).hasSize(797);
    Digit first = digits.get(0);
    assertThat(first.id()).isEqualTo("digit-1000");
    assertThat(first.label()).isEqualTo(1);
    assertThat(first.pixels()).hasSize(64).startsWith(0f, 0f, 0f, 0f, 0.625f, 0.6875f);
  }

  @Test
  void shouldRefuseAFileWithoutDigits(@TempDir Path folder) throws Exception {
    Path empty = Files.writeString(folder.resolve("digits.csv"), "id,label,p0\n");

    assertThatThrownBy(() -> DigitFile.read(empty)).hasMessage("No digits in " + empty);
  }
}

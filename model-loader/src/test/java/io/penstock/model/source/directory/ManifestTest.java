package io.penstock.model.source.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ManifestTest {

  private static final String SUM = "0123456789abcdef".repeat(4);

  @Test
  void shouldReadWhatSha256sumPrints() {
    // given text and binary mode, a path from find, a name with a blank, and one with a line feed
    String text =
        """
        %1$s  saved_model.pb
        %1$s *./variables/variables.index
        %2$s  assets/two words
        \\%1$s  assets/a\\nb\\\\c
        """
            .formatted(SUM, SUM.toUpperCase(Locale.ROOT));

    // when
    Manifest manifest = Manifest.parse(text);

    // then
    assertThat(manifest.sums())
        .containsOnlyKeys(
            "saved_model.pb", "variables/variables.index", "assets/two words", "assets/a\nb\\c")
        .allSatisfy((path, sum) -> assertThat(sum).isEqualTo(SUM));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "saved_model.pb",
        "abc  saved_model.pb",
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef saved_model.pb",
        "SHA256 (saved_model.pb) = 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
      })
  void shouldNameALineThatIsNone(String line) {
    assertThatThrownBy(() -> Manifest.parse(SUM + "  a\n" + line + "\n"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "line 2: %s (expected: a SHA-256 sum, two blanks and a path, as sha256sum prints it)"
                .formatted(line));
  }

  @Test
  void shouldRefuseAFileThatIsThereTwice() {
    assertThatThrownBy(() -> Manifest.parse(SUM + "  a\n" + SUM + "  ./a\n"))
        .hasMessage("line 2: a a second time (expected: each file once)");
  }
}

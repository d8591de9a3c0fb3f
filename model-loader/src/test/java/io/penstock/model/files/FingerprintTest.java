package io.penstock.model.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.model.TestModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FingerprintTest {

  private static final Path MODEL = TestModels.examples().resolve("digits").resolve("1");

  @TempDir private Path directory;

  @Test
  void shouldBeTheSameForACopy() throws IOException {
    // given
    Path copy = directory.resolve("7");

    // when
    TestModels.copy(MODEL, copy);

    // then
    assertThat(Fingerprint.of(copy)).isEqualTo(Fingerprint.of(MODEL)).matches("[0-9a-f]{16}");
  }

  @Test
  void shouldStayWhatItIs() throws IOException {
    // given printf 'a/b\0<length>text' and so on, in path order
    Files.createDirectory(directory.resolve("a"));
    Files.writeString(directory.resolve("a").resolve("b"), "text");
    Files.writeString(directory.resolve("c"), "");

    // when, then
    assertThat(Fingerprint.of(directory)).isEqualTo("23e718af40e76da2");
  }

  @Test
  void shouldChangeWithNameAndContent() throws IOException {
    // given
    Path file = directory.resolve("a");
    Files.writeString(file, "text");
    String before = Fingerprint.of(directory);

    // when
    Files.writeString(file, "texT");
    String otherContent = Fingerprint.of(directory);
    Files.writeString(file, "text");
    Files.move(file, directory.resolve("b"));
    String otherName = Fingerprint.of(directory);

    // then
    assertThat(otherContent).isNotEqualTo(before);
    assertThat(otherName).isNotEqualTo(before).isNotEqualTo(otherContent);
  }
}

package io.penstock.model.source.directory;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.model.RecordedLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class VersionNamesTest {

  private final RecordedLog log = new RecordedLog();

  @TempDir private Path basePath;
  private VersionNames names = new VersionNames("digits", Path.of("nowhere"), log);

  @BeforeEach
  void lookAtTheBasePath() {
    names = new VersionNames("digits", basePath, log);
  }

  @Test
  void shouldSayOnceOfEachNameThatItIsIgnored() throws IOException {
    // given
    make("1", "007", "7", "latest", "2.1", "-3", "99999999999999999999");
    Files.createFile(basePath.resolve("5"));

    // when they are looked at again and again
    for (int scan = 0; scan < 3; scan++) {
      assertThat(names.find(basePath))
          .containsOnlyKeys(1L, 7L)
          .containsValue(basePath.resolve("7"));
    }

    // then
    String where = " under base path " + basePath + " of servable digits: ";
    String noNumber = where + "its name is not a plain number, or it is no directory.";
    assertThat(log.messages())
        .containsExactlyInAnyOrder(
            "Ignoring latest" + noNumber,
            "Ignoring 2.1" + noNumber,
            "Ignoring -3" + noNumber,
            "Ignoring 99999999999999999999" + noNumber,
            "Ignoring 5" + noNumber,
            "Ignoring 007" + where + "7 is version 7 already; rename one of them.");
  }

  @Test
  void shouldSayItAgainOfANameThatComesBack() throws IOException {
    // given
    make("latest");
    names.find(basePath);
    Files.delete(basePath.resolve("latest"));
    names.find(basePath);

    // when
    make("latest");
    names.find(basePath);

    // then
    assertThat(log.messages()).hasSize(2);
  }

  private void make(String... directories) throws IOException {
    for (String directory : directories) {
      Files.createDirectory(basePath.resolve(directory));
    }
  }
}

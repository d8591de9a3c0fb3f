package io.penstock.localstack.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TemporaryFolderTest {

  @Test
  void shouldRemoveWhatItHoldsButNotWhatItPointsTo(@TempDir Path elsewhere) throws Exception {
    // given
    Path kept = Files.createFile(elsewhere.resolve("kept"));
    TemporaryFolder folder = TemporaryFolder.create("penstock-test-");
    Files.writeString(Files.createDirectories(folder.resolve("a")).resolve("b"), "c");
    Files.createSymbolicLink(folder.resolve("link"), elsewhere);

    // when
    folder.close();
    folder.close();

    // then
    assertThat(folder.path()).doesNotExist();
    assertThat(kept).exists();
  }
}

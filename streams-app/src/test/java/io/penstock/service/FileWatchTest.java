package io.penstock.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FileWatchTest {

  @TempDir private Path folder;

  private Path file;
  private FileWatch watch;

  @BeforeEach
  void write() throws IOException {
    file = Files.writeString(folder.resolve("penstock.yaml"), "one");
    watch = new FileWatch(file);
  }

  @Test
  void shouldTellAChangeOnceTwoLooksHaveSeenTheSame() throws IOException {
    assertThat(watch.hasChanged()).isFalse();
    Files.writeString(file, "tw");
    assertThat(watch.hasChanged()).as("it may be half written").isFalse();
    Files.writeString(file, "two");
    assertThat(watch.hasChanged()).isFalse();

    assertThat(watch.hasChanged()).isTrue();
    assertThat(watch.hasChanged()).as("told already").isFalse();
  }

  @Test
  void shouldNotMindAFileThatIsGoneForAWhileOrWrittenAgain() throws IOException {
    Files.delete(file);
    assertThat(watch.hasChanged()).isFalse();
    assertThat(watch.hasChanged()).isFalse();
    Files.writeString(file, "one");

    assertThat(watch.hasChanged()).isFalse();
    assertThat(watch.hasChanged()).isFalse();
  }

  @Test
  void shouldTellAChangeBackToo() throws IOException {
    Files.writeString(file, "two");
    watch.hasChanged();
    assertThat(watch.hasChanged()).isTrue();
    Files.writeString(file, "one");
    watch.hasChanged();

    assertThat(watch.hasChanged()).isTrue();
  }
}

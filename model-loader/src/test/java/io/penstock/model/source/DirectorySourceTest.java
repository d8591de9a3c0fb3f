package io.penstock.model.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Comparator;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DirectorySourceTest {

  private static final Duration SETTLE = Duration.ofSeconds(2);
  private static final FileTime LONG_AGO = FileTime.fromMillis(0);

  @TempDir private Path base;
  private long nowNanos;
  private DirectorySource source;

  @BeforeEach
  void createSource() {
    source = new DirectorySource("digits", base, SETTLE, () -> nowNanos);
  }

  @Test
  void shouldAspireToAVersionOnceItsFilesHaveSettled() throws IOException {
    // given
    completeVersion("1");

    // when
    SourceReport.Aspired first = scanAfter(Duration.ZERO);
    SourceReport.Aspired early = scanAfter(SETTLE.minusNanos(1));
    SourceReport.Aspired settled = scanAfter(Duration.ofNanos(1));

    // then
    assertThat(first.versions()).isEmpty();
    assertThat(first.pending()).containsOnlyKeys(1L);
    assertThat(early.versions()).isEmpty();
    assertThat(settled.versions()).containsOnlyKeys(1L);
    assertThat(version(settled, 1).directory()).isEqualTo(base.resolve("1"));
    assertThat(settled.pending()).isEmpty();
  }

  @Test
  void shouldWaitWhileAFileGrowsAlthoughItsTimeIsOld() throws IOException {
    // given
    completeVersion("1");
    Path shard = base.resolve("1/variables/variables.data-00000-of-00001");

    // when a copy that keeps old times goes on between every two scans
    for (int i = 0; i < 5; i++) {
      assertThat(scanAfter(SETTLE).versions()).isEmpty();
      Files.writeString(shard, "x".repeat(10 + i));
      Files.setLastModifiedTime(shard, LONG_AGO);
    }

    // then it settles when the copy is over
    assertThat(scanAfter(SETTLE).versions()).isEmpty();
    assertThat(scanAfter(SETTLE).versions()).containsOnlyKeys(1L);
  }

  @Test
  void shouldWaitWhenOnlyATimeChanges() throws IOException {
    // given
    completeVersion("1");
    scanAfter(Duration.ZERO);

    // when
    Files.setLastModifiedTime(base.resolve("1/saved_model.pb"), LONG_AGO);

    // then
    assertThat(scanAfter(SETTLE).versions()).isEmpty();
    assertThat(scanAfter(SETTLE).versions()).containsOnlyKeys(1L);
  }

  @Test
  void shouldSayWhatAHalfCopiedVersionLacks() throws IOException {
    // given the graph first, then the variables piece by piece
    write("7/saved_model.pb");
    assertThat(settledReport().versions()).containsOnlyKeys(7L);

    Files.createDirectory(base.resolve("7/variables"));
    assertThat(settledReport().pending().get(7L)).isEqualTo("variables/variables.index is missing");

    write("7/variables/variables.index");
    write("7/variables/variables.data-00001-of-00002");
    assertThat(settledReport().pending().get(7L))
        .isEqualTo("variables/variables.data-00000-of-00002 is missing");

    // when
    write("7/variables/variables.data-00000-of-00002");

    // then
    assertThat(settledReport().versions()).containsOnlyKeys(7L);
  }

  @Test
  void shouldWaitForTheGraph() throws IOException {
    // given
    write("1/variables/variables.index");

    // when
    SourceReport.Aspired report = settledReport();

    // then
    assertThat(report.versions()).isEmpty();
    assertThat(report.pending()).containsEntry(1L, "saved_model.pb is missing");
    assertThat(report.describe()).isEqualTo("1 (saved_model.pb is missing)");
  }

  @Test
  void shouldTakeNumbersOnlyWithGapsAndLeadingZeros() throws IOException {
    // given
    for (String name : new String[] {"1", "00000124", "9223372036854775807"}) {
      completeVersion(name);
    }
    for (String name : new String[] {"temp", "1.bak", "-3", "", "v2", "99999999999999999999"}) {
      Files.createDirectories(base.resolve(name.isEmpty() ? ".hidden" : name));
    }
    Files.writeString(base.resolve("5"), "a file, not a directory");

    // when
    SourceReport.Aspired report = settledReport();

    // then
    assertThat(report.versions()).containsOnlyKeys(1L, 124L, Long.MAX_VALUE);
    assertThat(report.pending()).isEmpty();
  }

  @Test
  void shouldTakeOneOfTwoDirectoriesOfTheSameNumber() throws IOException {
    // given
    completeVersion("1");
    completeVersion("01");

    // when
    SourceReport.Aspired report = settledReport();

    // then
    assertThat(report.versions()).containsOnlyKeys(1L);
    assertThat(version(report, 1).directory()).isEqualTo(base.resolve("01"));
  }

  @Test
  void shouldGiveAnotherRevisionWhenFilesChange() throws IOException {
    // given
    completeVersion("1");
    String before = version(settledReport(), 1).revision();
    String unchanged = version(settledReport(), 1).revision();

    // when
    Files.writeString(base.resolve("1/saved_model.pb"), "another graph");
    String after = version(settledReport(), 1).revision();

    // then
    assertThat(unchanged).isEqualTo(before);
    assertThat(after).isNotEqualTo(before);
  }

  @Test
  void shouldFollowSymbolicLinks() throws IOException {
    // given a volume as Kubernetes mounts it
    completeVersion("data");
    Files.createSymbolicLink(base.resolve("3"), base.resolve("data"));

    // when
    SourceReport.Aspired report = settledReport();

    // then
    assertThat(report.versions()).containsOnlyKeys(3L);
  }

  @Test
  void shouldSayThatTheBasePathIsMissing() throws IOException {
    // given
    Files.delete(base);

    // when
    SourceReport report = source.scan();

    // then
    assertThat(report)
        .isEqualTo(
            new SourceReport.Unavailable(
                "Could not find base path %s for servable digits (expected: a directory with one directory per version, eg. '/1/'). Check the model's path."
                    .formatted(base)));
  }

  @Test
  void shouldSayThatThereIsNoVersion() throws IOException {
    // given a user who pointed at the SavedModel itself
    write("saved_model.pb");

    // when
    SourceReport report = source.scan();

    // then
    assertThat(report)
        .isEqualTo(
            new SourceReport.Unavailable(
                "No versions of servable digits found under base path %s. Did you forget to name your leaf directory as a number (eg. '/1/')?"
                    .formatted(base)));
  }

  @Test
  void shouldForgetAVersionThatWasTakenAway() throws IOException {
    // given
    completeVersion("1");
    completeVersion("2");
    assertThat(settledReport().versions()).containsOnlyKeys(1L, 2L);

    // when
    try (var files = Files.walk(base.resolve("1"))) {
      for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
    SourceReport.Aspired report = scanAfter(Duration.ZERO);

    // then
    assertThat(report.versions()).containsOnlyKeys(2L);
    assertThat(report.contains(1)).isFalse();
  }

  private static AspiredVersion version(SourceReport.Aspired report, long version) {
    return Objects.requireNonNull(report.versions().get(version));
  }

  private SourceReport.Aspired settledReport() {
    scanAfter(SETTLE);
    return scanAfter(SETTLE);
  }

  private SourceReport.Aspired scanAfter(Duration pause) {
    nowNanos += pause.toNanos();
    return (SourceReport.Aspired) source.scan();
  }

  private void completeVersion(String name) throws IOException {
    write(name + "/saved_model.pb");
    write(name + "/variables/variables.index");
    write(name + "/variables/variables.data-00000-of-00001");
  }

  private void write(String path) throws IOException {
    Path file = base.resolve(path);
    Files.createDirectories(Objects.requireNonNull(file.getParent()));
    Files.writeString(file, "content");
  }
}

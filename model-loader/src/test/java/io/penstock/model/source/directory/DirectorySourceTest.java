package io.penstock.model.source.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.penstock.model.TestModels;
import io.penstock.model.source.AspiredVersion;
import io.penstock.model.source.SourceReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Comparator;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

final class DirectorySourceTest {

  private static final Duration SETTLE = Duration.ofSeconds(2);
  private static final FileTime LONG_AGO = FileTime.fromMillis(0);

  @TempDir private Path base;
  private long nowNanos;
  private DirectorySource source;

  @BeforeEach
  void createSource() {
    source = source(new Completeness.Settled(SETTLE), Links.INSIDE);
  }

  @AfterEach
  void closeSource() {
    source.close();
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
    assertThat(version(settled, 1).directory()).isEqualTo(base.toRealPath().resolve("1"));
    assertThat(settled.pending()).isEmpty();
  }

  @Test
  void shouldNotForgetAVersionThatCannotBeReadForAScan() throws IOException {
    // given
    completeVersion("1");
    scanAfter(Duration.ZERO);
    SourceReport.Aspired settled = scanAfter(SETTLE);

    // when something in it leads nowhere
    Path link = Files.createSymbolicLink(base.resolve("1/link"), base.resolve("nowhere"));
    assertThat(scanAfter(SETTLE).pending().get(1L)).startsWith("it could not be read: ");
    Files.delete(link);

    // then it need not settle again
    assertThat(scanAfter(Duration.ZERO)).isEqualTo(settled);
  }

  @Test
  void shouldAskForAScanOnceACopyMayHaveSettled() throws IOException {
    // given
    completeVersion("1");
    scanAfter(Duration.ZERO);

    // when, then
    nowNanos += SETTLE.toNanos() - 1;
    assertThat(source.mayHaveChanged()).isFalse();
    nowNanos++;
    assertThat(source.mayHaveChanged()).isTrue();
    scanAfter(Duration.ZERO);
    nowNanos += SETTLE.toNanos();
    assertThat(source.mayHaveChanged()).as("all is settled").isFalse();
  }

  @Test
  void shouldSayWhetherAVersionIsNotWhatItWas() throws IOException {
    // given
    completeVersion("1");
    completeVersion("2");
    scanAfter(Duration.ZERO);
    SourceReport.Aspired settled = scanAfter(SETTLE);

    // when, then
    assertThat(source.hasChanged(version(settled, 1))).isFalse();
    Files.writeString(base.resolve("1/saved_model.pb"), "longer than it was");
    assertThat(source.hasChanged(version(settled, 1))).isTrue();
    delete("2");
    assertThat(source.hasChanged(version(settled, 2))).isTrue();

    // when nothing can be told
    Files.move(base, base.resolveSibling("elsewhere"));
    assertThat(source.hasChanged(version(settled, 1))).isFalse();
    Files.move(base.resolveSibling("elsewhere"), base);
  }

  @Test
  void shouldLookLessAndLessAtACopyThatRests() throws IOException {
    // given one that was abandoned
    write("1/variables/variables.index");
    scanAfter(Duration.ZERO);

    // when, then
    for (int pause = 2; pause <= 64; pause *= 2) {
      nowNanos += Duration.ofSeconds(pause).toNanos() - 1;
      assertThat(source.mayHaveChanged()).as("%d s", pause).isFalse();
      nowNanos++;
      assertThat(source.mayHaveChanged()).as("%d s", pause).isTrue();
      scanAfter(Duration.ZERO);
    }

    // when it goes on
    Files.writeString(base.resolve("1/variables/variables.index"), "more than there was");
    scanAfter(Duration.ZERO);

    // then it is looked at as often as before
    nowNanos += SETTLE.toNanos();
    assertThat(source.mayHaveChanged()).isTrue();
  }

  @Test
  void shouldLookAgainAfterTheSettlePeriodHoweverManyHintsCome() throws IOException {
    // given
    completeVersion("1");
    scanAfter(Duration.ZERO);

    // when something else happens again and again
    for (int scan = 0; scan < 5; scan++) {
      scanAfter(Duration.ofMillis(1));
    }

    // then
    nowNanos += SETTLE.toNanos();
    assertThat(source.mayHaveChanged()).isTrue();
    assertThat(scanAfter(Duration.ZERO).versions()).containsOnlyKeys(1L);
  }

  @Test
  void shouldLookOnlyAtWhatAHintMayBeAbout() throws IOException {
    // given a version that is complete, and a link to another
    completeVersion("1");
    completeVersion("..a");
    completeVersion("..b");
    Path link = Files.createSymbolicLink(base.resolve("2"), base.resolve("..a"));
    SourceReport.Aspired before = settledReport();
    source.mayHaveChanged();

    // when one is changed, the other swapped, and a third is new
    Files.writeString(base.resolve("1/saved_model.pb"), "changed, which gives no event");
    Files.delete(link);
    Files.createSymbolicLink(link, base.resolve("..b"));
    completeVersion("3");
    awaitHint();
    SourceReport.Aspired hinted = scanAfter(Duration.ZERO);

    // then
    assertThat(version(hinted, 1)).isEqualTo(version(before, 1));
    assertThat(hinted.pending()).containsOnlyKeys(2L, 3L);

    // and a poll sees it
    assertThat(scanAfter(Duration.ZERO).pending()).containsOnlyKeys(1L, 2L, 3L);
  }

  /** As {@code rsync --checksum --times} mends a copy. */
  @Test
  void shouldTellAFileThatKeepsItsSizeAndTime() throws IOException {
    // given
    completeVersion("1");
    Path graph = base.resolve("1/saved_model.pb");
    Files.setLastModifiedTime(graph, LONG_AGO);
    AspiredVersion before = version(settledReport(), 1);
    assertThat(source.hasChanged(before)).isFalse();

    // when its bytes are others, once the file system's clock has moved on
    Object changed = changeTime(graph);
    do {
      Files.writeString(graph, "CONTENT");
      Files.setLastModifiedTime(graph, LONG_AGO);
    } while (changeTime(graph).equals(changed));

    // then
    assertThat(source.hasChanged(before)).isTrue();
    assertThat(version(settledReport(), 1).revision()).isNotEqualTo(before.revision());
  }

  private static Object changeTime(Path file) throws IOException {
    assumeTrue(file.getFileSystem().supportedFileAttributeViews().contains("unix"));
    return Files.getAttribute(file, "unix:ctime");
  }

  @Test
  void shouldTellFilesOfTheSameSizesAndTimesInAnotherFolder() throws IOException {
    // given two copies, and a link to the first
    completeVersion("..a");
    completeVersion("..b");
    Path link = Files.createSymbolicLink(base.resolve("1"), base.resolve("..a"));
    for (Path copy : new Path[] {base.resolve("..a"), base.resolve("..b")}) {
      try (var files = Files.walk(copy)) {
        for (Path path : files.toList()) {
          Files.setLastModifiedTime(path, LONG_AGO);
        }
      }
    }
    scanAfter(Duration.ZERO);
    SourceReport.Aspired first = scanAfter(SETTLE);

    // when it is swapped
    Files.delete(link);
    Files.createSymbolicLink(link, base.resolve("..b"));
    scanAfter(Duration.ZERO);
    SourceReport.Aspired second = scanAfter(SETTLE);

    // then a version that failed is tried again
    assertThat(version(second, 1).revision()).isNotEqualTo(version(first, 1).revision());
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

    write("7/variables/variables.data-00001-of-00002");
    assertThat(settledReport().pending().get(7L))
        .isEqualTo(
            "variables/variables.data-00000-of-00002 is missing;"
                + " variables/variables.index is missing");

    write("7/variables/variables.index");
    assertThat(settledReport().pending().get(7L))
        .isEqualTo("variables/variables.data-00000-of-00002 is missing");

    // when
    write("7/variables/variables.data-00000-of-00002");

    // then
    assertThat(settledReport().versions()).containsOnlyKeys(7L);
  }

  /** Exporters of frozen graphs leave such a folder, and TensorFlow Serving loads them. */
  @Test
  void shouldTakeAVersionWithoutVariables() throws IOException {
    write("7/saved_model.pb");
    Files.createDirectory(base.resolve("7/variables"));

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
  void shouldSayThatAnotherFormOfTheGraphIsNotLoaded() throws IOException {
    write("1/saved_model.pbtxt");

    assertThat(settledReport().pending())
        .containsEntry(
            1L,
            "saved_model.pb is missing, and its other form saved_model.pbtxt is not loaded; export the model with saved_model.pb");
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
  void shouldTakeTheShorterNameOfTwoDirectoriesOfTheSameNumber() throws IOException {
    // given
    completeVersion("1");
    completeVersion("01");

    // when
    SourceReport.Aspired report = settledReport();

    // then
    assertThat(report.versions()).containsOnlyKeys(1L);
    assertThat(version(report, 1).directory()).isEqualTo(base.toRealPath().resolve("1"));
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
  void shouldTakeAVersionOnceItsMarkerIsThere() throws IOException {
    // given
    DirectorySource marked = source(new Completeness.Marker("_SUCCESS"), Links.INSIDE);
    write("1/_SUCCESS");
    completeVersion("2");
    assertThat(scan(marked).pending())
        .containsEntry(1L, "saved_model.pb is missing")
        .containsEntry(2L, "its marker _SUCCESS is missing");

    // when
    write("2/_SUCCESS");

    // then
    assertThat(scan(marked).versions()).containsOnlyKeys(2L);
  }

  @Test
  void shouldRefuseAMarkerElsewhere() {
    assertThatThrownBy(() -> new Completeness.Marker("../done"))
        .hasMessage("fileName: ../done (expected: a file's name without a path)");
  }

  @Test
  void shouldFollowLinksThatStayInside() throws IOException {
    // given a volume as Kubernetes mounts it
    completeVersion("..2026_01/1");
    Files.createSymbolicLink(base.resolve("..data"), Path.of("..2026_01"));
    Files.createSymbolicLink(base.resolve("1"), Path.of("..data/1"));
    assertThat(version(settledReport(), 1).directory())
        .isEqualTo(base.toRealPath().resolve("..2026_01/1"));

    // when it is swapped
    completeVersion("..2026_02/1");
    Files.createSymbolicLink(base.resolve("..data_tmp"), Path.of("..2026_02"));
    Files.move(
        base.resolve("..data_tmp"),
        base.resolve("..data"),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);

    // then it has to settle again, though it looks the same
    assertThat(scanAfter(Duration.ZERO).pending()).containsOnlyKeys(1L);
    assertThat(version(settledReport(), 1).directory())
        .isEqualTo(base.toRealPath().resolve("..2026_02/1"));
  }

  @Test
  void shouldFollowABasePathThatIsALink(@TempDir Path elsewhere) throws IOException {
    // given
    completeVersion("1");
    Path link = Files.createSymbolicLink(elsewhere.resolve("current"), base);

    // when
    try (DirectorySource linked =
        new DirectorySource(
            "digits", link, new Completeness.Settled(Duration.ZERO), Links.INSIDE, () -> 0)) {
      linked.scan();

      // then
      assertThat(((SourceReport.Aspired) linked.scan()).versions()).containsOnlyKeys(1L);
    }
  }

  @Test
  void shouldRefuseLinksThatLeadOutUnlessTheyMay(@TempDir Path elsewhere) throws IOException {
    // given a version that is elsewhere, and one of whose files is
    completeVersion("1");
    TestModels.copy(base.resolve("1"), elsewhere.resolve("1"));
    Files.createSymbolicLink(base.resolve("2"), elsewhere.resolve("1"));
    write("3/saved_model.pb");
    Files.createSymbolicLink(base.resolve("3/assets"), elsewhere);

    // when
    SourceReport.Aspired report = settledReport();

    // then
    assertThat(report.versions()).containsOnlyKeys(1L);
    assertThat(report.pending().get(2L))
        .isEqualTo(
            "the link %s leads to %s, out of base path %s (expected: inside it, or follow-links: anywhere)"
                .formatted(
                    base.toRealPath().resolve("2"),
                    elsewhere.toRealPath().resolve("1"),
                    base.toRealPath()));
    assertThat(report.pending().get(3L)).contains("3/assets leads to ");

    // when they may
    try (DirectorySource lenient =
        source(new Completeness.Settled(Duration.ZERO), Links.ANYWHERE)) {
      scan(lenient);

      // then
      assertThat(scan(lenient).versions()).containsOnlyKeys(1L, 2L, 3L);
    }
  }

  @Test
  void shouldKeepAVersionInTheReportThatCannotBeLookedAt() throws IOException {
    // given, since a test that runs as root can read everything, links in a circle
    Files.createSymbolicLink(base.resolve("4"), base.resolve("4"));
    completeVersion("5");
    Files.createSymbolicLink(base.resolve("5/assets"), base.resolve("5"));

    // when
    SourceReport.Aspired report = settledReport();

    // then
    assertThat(report.versions()).isEmpty();
    assertThat(report.pending().get(4L)).startsWith("it could not be read: ");
    assertThat(report.pending().get(5L)).startsWith("it could not be read: ");
  }

  @Test
  @Timeout(60)
  void shouldHearOfANewVersionBeforeItIsPolled() throws IOException {
    // given
    completeVersion("1");
    settledReport();

    // when, then a name is new in the base path
    Files.createDirectory(base.resolve("2"));
    awaitHint();
    scanAfter(Duration.ZERO);

    // when, then one is new in a version that is not complete
    write("2/saved_model.pb");
    awaitHint();
    assertThat(settledReport().versions()).containsOnlyKeys(1L, 2L);

    // when the base path is emptied and filled again
    delete("1");
    delete("2");
    assertThat(source.scan()).isInstanceOf(SourceReport.Unavailable.class);
    completeVersion("3");

    // then
    awaitHint();
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
    delete("1");
    SourceReport.Aspired report = scanAfter(Duration.ZERO);

    // then
    assertThat(report.versions()).containsOnlyKeys(2L);
    assertThat(report.contains(1)).isFalse();
  }

  private DirectorySource source(Completeness completeness, Links links) {
    return new DirectorySource("digits", base, completeness, links, () -> nowNanos);
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

  private static SourceReport.Aspired scan(DirectorySource source) {
    return (SourceReport.Aspired) source.scan();
  }

  private void awaitHint() {
    while (!source.mayHaveChanged()) {
      Thread.onSpinWait();
    }
  }

  private void delete(String version) throws IOException {
    try (var files = Files.walk(base.resolve(version))) {
      for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
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

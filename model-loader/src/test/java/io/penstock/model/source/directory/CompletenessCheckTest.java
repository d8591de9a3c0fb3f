package io.penstock.model.source.directory;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.model.source.SourceReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CompletenessCheckTest {

  private static final Duration SETTLE = Duration.ofSeconds(2);
  private static final Completeness SETTLED = new Completeness.Settled(SETTLE);

  @TempDir private Path base;
  private long nowNanos;

  @BeforeEach
  void writeThreeVersions() throws IOException {
    for (String version : new String[] {"1", "2", "003"}) {
      Files.createDirectories(base.resolve(version));
      Files.writeString(base.resolve(version).resolve("saved_model.pb"), "graph " + version);
    }
  }

  @Test
  void shouldWaitUntilVersionsHaveSettled() throws Exception {
    SourceReport.Aspired found = judge(SETTLED, this::elapse);

    assertThat(nowNanos).isEqualTo(SETTLE.toNanos());
    assertThat(found.versions()).containsOnlyKeys(1L, 2L, 3L);
  }

  @Test
  void shouldSayThatAVersionIsStillBeingCopied() throws Exception {
    SourceReport.Aspired found =
        judge(
            SETTLED,
            settle -> {
              elapse(settle);
              write("2/saved_model.pb", "more of it");
            });

    assertThat(found.versions()).containsOnlyKeys(1L, 3L);
    assertThat(found.pending().get(2L)).contains("not been unchanged for the settle period");
  }

  @Test
  void shouldNameEachFileThatIsMissing() throws Exception {
    // given
    write("2/variables/variables.data-00001-of-00003", "");

    // when
    SourceReport.Aspired found = judge(SETTLED, this::elapse);

    // then
    assertThat(found.pending())
        .containsOnlyKeys(2L)
        .containsEntry(
            2L,
            "variables/variables.data-00000-of-00003 is missing;"
                + " variables/variables.data-00002-of-00003 is missing;"
                + " variables/variables.index is missing");
  }

  @Test
  void shouldCompareEveryVersionWithItsManifest() throws Exception {
    // given sums of "graph 1" and "graph 003", and none of "graph 2"
    write("1/MANIFEST.sha256", sum("graph 1") + "  saved_model.pb\n");
    write("2/MANIFEST.sha256", "0".repeat(64) + "  saved_model.pb\n");
    write("003/MANIFEST.sha256", sum("graph 003") + "  saved_model.pb\n");

    // when
    SourceReport.Aspired found = judge(new Completeness.Manifested(), pause -> {});

    // then
    assertThat(found.versions()).containsOnlyKeys(1L, 3L);
    assertThat(found.pending().get(2L))
        .startsWith("MANIFEST.sha256 does not match: saved_model.pb has SHA-256 ");
  }

  private SourceReport.Aspired judge(Completeness completeness, CompletenessCheck.Pause pause)
      throws IOException, InterruptedException {
    return new CompletenessCheck(completeness, Links.INSIDE, () -> nowNanos, pause)
        .judge(base, CompletenessCheck.versions("digits", base));
  }

  private void elapse(Duration duration) {
    nowNanos += duration.toNanos();
  }

  private void write(String file, String text) {
    try {
      Files.createDirectories(base.resolve(file).getParent());
      Files.writeString(base.resolve(file), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String sum(String text) throws GeneralSecurityException {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
  }
}

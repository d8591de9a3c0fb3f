package io.penstock.check.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.check.Verdict;
import io.penstock.model.source.directory.Completeness;
import io.penstock.model.source.directory.Links;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ModelDirectoryCheckTest {

  @TempDir private Path folder;
  @TempDir private Path elsewhere;

  @Test
  void shouldListTheVersionsThereAre() throws IOException {
    version("2");
    version("10");
    Files.createDirectories(folder.resolve("notes"));

    assertThat(verdicts()).containsExactly("OK       model fraud: versions 2, 10 under " + folder);
  }

  @Test
  void shouldRefuseAFolderThatIsNotThere() {
    Path absent = folder.resolve("absent");

    assertThat(new ModelDirectoryCheck(folder(absent)).verdicts())
        .extracting(Verdict::toString)
        .containsExactly(
            "FAILED   model fraud: models.fraud.path: "
                + absent
                + " is no folder (expected: one with a folder for each version, such as "
                + absent
                + "/1/saved_model.pb)");
  }

  @Test
  void shouldAskAboutLeafDirectoriesAsTensorFlowServingDoes() throws IOException {
    Files.createDirectories(folder.resolve("v1"));

    assertThat(verdicts())
        .containsExactly(
            "FAILED   model fraud: No versions of servable fraud found under base path "
                + folder
                + ". Did you forget to name your leaf directory as a number (eg. '/1/')?");
  }

  @Test
  void shouldWaitForWhatFillsAnEmptyFolder() throws IOException {
    Files.createDirectories(folder.resolve(".snapshot"));
    Files.createDirectories(folder.resolve("lost+found"));

    assertThat(verdicts())
        .containsExactly(
            "WARNING  model fraud: there is nothing under " + folder + " yet; it is waited for");
  }

  @Test
  void shouldWarnOfAVersionWithoutAGraph() throws IOException {
    version("1");
    Files.createDirectories(folder.resolve("2"));

    assertThat(verdicts())
        .containsExactly(
            "WARNING  model fraud: version 2 is not taken up: saved_model.pb is missing",
            "OK       model fraud: versions 1 under " + folder);
  }

  @Test
  void shouldWarnOfWhatTheServiceWouldRefuse() throws IOException {
    // given a marker that is missing, and a link out of the base path
    version("1");
    Files.createFile(folder.resolve("1/DONE"));
    version("2");
    Files.createSymbolicLink(
        folder.resolve("3"), Files.createDirectory(elsewhere.resolve("model")));
    ModelFolder marked =
        new ModelFolder("fraud", folder, new Completeness.Marker("DONE"), Links.INSIDE);

    // when
    List<Verdict> verdicts = new ModelDirectoryCheck(marked).verdicts();

    // then
    assertThat(verdicts)
        .extracting(Verdict::toString)
        .satisfiesExactly(
            second ->
                assertThat(second)
                    .isEqualTo(
                        "WARNING  model fraud: version 2 is not taken up: its marker DONE is missing"),
            third -> assertThat(third).contains("version 3 is not taken up: the link "),
            all -> assertThat(all).startsWith("OK       model fraud: versions 1 under "));
  }

  @Test
  void shouldWaitForAFolderWhoseVersionsAllLackAGraph() throws IOException {
    Files.createDirectories(folder.resolve("2"));

    assertThat(verdicts())
        .containsExactly(
            "WARNING  model fraud: version 2 is not taken up: saved_model.pb is missing",
            "WARNING  model fraud: no version under "
                + folder
                + " is complete yet; one is waited for");
  }

  private static ModelFolder folder(Path basePath) {
    return new ModelFolder(
        "fraud", basePath, new Completeness.Settled(Duration.ZERO), Links.INSIDE);
  }

  private void version(String name) throws IOException {
    Files.createFile(Files.createDirectories(folder.resolve(name)).resolve("saved_model.pb"));
  }

  private List<String> verdicts() {
    return new ModelDirectoryCheck(folder(folder))
        .verdicts().stream().map(Verdict::toString).toList();
  }
}

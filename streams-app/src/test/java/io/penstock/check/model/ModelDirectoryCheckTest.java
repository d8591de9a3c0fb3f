package io.penstock.check.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.check.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ModelDirectoryCheckTest {

  @TempDir private Path folder;

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

    assertThat(new ModelDirectoryCheck(new ModelFolder("fraud", absent)).verdicts())
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
  void shouldWarnOfAVersionWithoutAGraph() throws IOException {
    version("1");
    Files.createDirectories(folder.resolve("2"));

    assertThat(verdicts())
        .containsExactly(
            "WARNING  model fraud: version 2 has no saved_model.pb in "
                + folder.resolve("2")
                + " and is not loaded until it has",
            "OK       model fraud: versions 1 under " + folder);
  }

  @Test
  void shouldRefuseAFolderWhoseVersionsAllLackAGraph() throws IOException {
    Files.createDirectories(folder.resolve("2"));

    assertThat(new ModelDirectoryCheck(new ModelFolder("fraud", folder)).verdicts())
        .extracting(Verdict::level)
        .containsExactly(Verdict.Level.WARNING, Verdict.Level.FAILED);
  }

  private void version(String name) throws IOException {
    Files.createFile(Files.createDirectories(folder.resolve(name)).resolve("saved_model.pb"));
  }

  private List<String> verdicts() {
    return new ModelDirectoryCheck(new ModelFolder("fraud", folder))
        .verdicts().stream().map(Verdict::toString).toList();
  }
}

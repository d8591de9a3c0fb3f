package io.penstock.check.model;

import io.penstock.check.Check;
import io.penstock.check.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.Collectors;

/** Checks that a model's base path is there and has versions. Loads none of them. */
public final class ModelDirectoryCheck implements Check {

  private final ModelFolder folder;
  private final String model;
  private final Path basePath;

  public ModelDirectoryCheck(ModelFolder folder) {
    this.folder = folder;
    this.model = folder.model();
    this.basePath = folder.basePath();
  }

  @Override
  public List<Verdict> verdicts() {
    String subject = "model " + model;
    if (!Files.isDirectory(basePath)) {
      return List.of(
          Verdict.failed(
              subject,
              "models.%s.path: %s is no folder (expected: one with a folder for each version, such"
                      .formatted(model, basePath)
                  + " as "
                  + basePath.resolve("1/saved_model.pb")
                  + ")"));
    }
    try {
      return verdicts(subject, folder.versions());
    } catch (IOException e) {
      return List.of(
          Verdict.failed(
              subject,
              "models.%s.path: %s cannot be listed (%s); may this user read it?"
                  .formatted(model, basePath, e.getClass().getSimpleName())));
    }
  }

  private List<Verdict> verdicts(String subject, SortedMap<Long, Path> versions) {
    if (versions.isEmpty()) {
      return List.of(
          Verdict.failed(
              subject,
              "No versions of servable %s found under base path %s. Did you forget to name your"
                      .formatted(model, basePath)
                  + " leaf directory as a number (eg. '/1/')?"));
    }
    List<Verdict> verdicts = new ArrayList<>();
    List<Long> complete = new ArrayList<>();
    versions.forEach(
        (version, directory) -> {
          if (ModelFolder.hasGraph(directory)) {
            complete.add(version);
          } else {
            verdicts.add(
                Verdict.warning(
                    subject,
                    "version %d has no saved_model.pb in %s and is not loaded until it has"
                        .formatted(version, directory)));
          }
        });
    verdicts.add(
        complete.isEmpty()
            ? Verdict.failed(subject, "no version under " + basePath + " has a saved_model.pb")
            : Verdict.ok(subject, "versions " + joined(complete) + " under " + basePath));
    return verdicts;
  }

  private static String joined(List<Long> versions) {
    return versions.stream().map(String::valueOf).collect(Collectors.joining(", "));
  }
}

package io.penstock.check.model;

import io.penstock.check.Check;
import io.penstock.check.Verdict;
import io.penstock.model.source.SourceReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Checks that a model's base path is there and has versions that the service would take up, or may
 * have before long. Loads none of them.
 */
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
      return verdicts(subject, folder.judged());
    } catch (IOException e) {
      return List.of(
          Verdict.failed(
              subject,
              "models.%s.path: %s cannot be listed (%s); may this user read it?"
                  .formatted(model, basePath, e.getClass().getSimpleName())));
    }
  }

  /** A volume that has yet to be filled: what is hidden, such as a lost+found, is no mistake. */
  private static boolean isEmpty(Path folder) throws IOException {
    try (Stream<Path> children = Files.list(folder)) {
      return children
          .map(child -> child.getFileName().toString())
          .allMatch(name -> name.startsWith(".") || name.equals("lost+found"));
    }
  }

  private List<Verdict> verdicts(String subject, SourceReport.Aspired found) throws IOException {
    Set<Long> complete = found.versions().keySet();
    if (complete.isEmpty() && found.pending().isEmpty()) {
      if (isEmpty(basePath)) {
        return List.of(
            Verdict.warning(
                subject, "there is nothing under " + basePath + " yet; it is waited for"));
      }
      return List.of(
          Verdict.failed(
              subject,
              "No versions of servable %s found under base path %s. Did you forget to name your"
                      .formatted(model, basePath)
                  + " leaf directory as a number (eg. '/1/')?"));
    }
    List<Verdict> verdicts = new ArrayList<>();
    found
        .pending()
        .forEach(
            (version, reason) ->
                verdicts.add(
                    Verdict.warning(
                        subject, "version %d is not taken up: %s".formatted(version, reason))));
    verdicts.add(
        complete.isEmpty()
            ? Verdict.warning(
                subject, "no version under " + basePath + " is complete yet; one is waited for")
            : Verdict.ok(subject, "versions " + joined(complete) + " under " + basePath));
    return verdicts;
  }

  private static String joined(Set<Long> versions) {
    return versions.stream().map(String::valueOf).collect(Collectors.joining(", "));
  }
}

package io.penstock.check;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Checks that a model's base path is there and has versions. Loads none of them. */
public final class ModelDirectoryCheck implements Check {

  private static final Pattern VERSION = Pattern.compile("[0-9]{1,18}");

  private final String model;
  private final Path basePath;

  public ModelDirectoryCheck(String model, Path basePath) {
    this.model = model;
    this.basePath = basePath;
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
      return verdicts(subject, versions());
    } catch (IOException e) {
      return List.of(
          Verdict.failed(
              subject,
              "models.%s.path: %s cannot be listed (%s); may this user read it?"
                  .formatted(model, basePath, e.getClass().getSimpleName())));
    }
  }

  private List<Verdict> verdicts(String subject, List<Long> versions) {
    List<Long> complete = versions.stream().filter(this::hasGraph).toList();
    if (versions.isEmpty()) {
      return List.of(
          Verdict.failed(
              subject,
              "No versions of servable %s found under base path %s. Did you forget to name your"
                      .formatted(model, basePath)
                  + " leaf directory as a number (eg. '/1/')?"));
    }
    List<Verdict> verdicts = new ArrayList<>();
    for (Long version : versions) {
      if (!complete.contains(version)) {
        verdicts.add(
            Verdict.warning(
                subject,
                "version %d has no saved_model.pb in %s and is not loaded until it has"
                    .formatted(version, basePath.resolve(version.toString()))));
      }
    }
    verdicts.add(
        complete.isEmpty()
            ? Verdict.failed(subject, "no version under " + basePath + " has a saved_model.pb")
            : Verdict.ok(subject, "versions " + joined(complete) + " under " + basePath));
    return verdicts;
  }

  private boolean hasGraph(long version) {
    return Files.isRegularFile(basePath.resolve(version + "/saved_model.pb"));
  }

  private List<Long> versions() throws IOException {
    try (Stream<Path> paths = Files.list(basePath)) {
      return paths
          .filter(Files::isDirectory)
          .map(path -> path.getFileName().toString())
          .filter(name -> VERSION.matcher(name).matches())
          .map(Long::valueOf)
          .sorted()
          .toList();
    }
  }

  private static String joined(List<Long> versions) {
    return versions.stream().map(String::valueOf).collect(Collectors.joining(", "));
  }
}

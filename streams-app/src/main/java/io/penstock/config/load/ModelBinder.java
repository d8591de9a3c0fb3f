package io.penstock.config.load;

import io.penstock.config.ModelConfig;
import io.penstock.config.Syntax;
import io.penstock.config.section.Section;
import io.penstock.config.section.Setting;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The keys of {@code models}, with their defaults. */
final class ModelBinder {

  private final Path folder;

  /** A binder that resolves paths against {@code folder}. */
  ModelBinder(Path folder) {
    this.folder = folder;
  }

  Map<String, Setting<ModelConfig>> bind(Section root) {
    Map<String, Setting<ModelConfig>> models = new LinkedHashMap<>();
    root.sections("models", ModelConfig.NAME)
        .forEach((name, section) -> models.put(name, model(section)));
    return models;
  }

  private Setting<ModelConfig> model(Section section) {
    var path =
        section.required(
            "path",
            Syntax.text("a folder"),
            "The base path; a version is `<path>/<number>/saved_model.pb`. Relative to the file's folder.");
    var complete =
        section.optional(
            "complete-when",
            ModelConfig.COMPLETE_WHEN,
            "settled",
            "When a version counts as copied: two scans `settle` apart saw the same files, and none"
                + " that a shard's name asks for is missing.");
    var settle =
        section.optional("settle", ModelConfig.SETTLE, "2s", "How far apart those two scans are.");
    var poll =
        section.optional(
            "poll-interval", ModelConfig.POLL_INTERVAL, "1s", "How often the path is scanned.");
    var versions = versions(section.section("versions"));
    var promotion =
        section.optional(
            "promotion",
            ModelConfig.PROMOTION,
            "manual",
            "Who promotes a new version: a command on the control topic, or the watcher as soon as"
                + " a newer version is there.");
    section.notYet("fitness");
    return section.build(
        () ->
            new ModelConfig(
                resolve(path.get()),
                complete.get(),
                settle.get(),
                poll.get(),
                versions.get(),
                promotion.get()));
  }

  private static Setting<ModelConfig.Versions> versions(Section section) {
    section.optional(
        "policy",
        ModelConfig.Versions.POLICY,
        "latest",
        "Which versions are loaded: the newest ones, beside those that serve or are to.");
    var count =
        section.optional(
            "count", ModelConfig.Versions.COUNT, "1", "How many of the newest versions.");
    return section.build(() -> new ModelConfig.Versions(count.get()));
  }

  private Path resolve(String path) {
    try {
      return folder.resolve(path).normalize();
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("path: " + path + " (expected: a folder)", e);
    }
  }
}

package io.penstock.config.load;

import io.penstock.config.FitnessConfig;
import io.penstock.config.ModelConfig;
import io.penstock.config.Syntax;
import io.penstock.config.VersionsConfig;
import io.penstock.config.section.Absent;
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
                + " that a shard's name asks for is missing; or the file `marker` is there; or all"
                + " files have the sums that `MANIFEST.sha256` lists, as `sha256sum` prints them.");
    var settle =
        section.optionalWhere(
            isSo(complete, ModelConfig.CompleteWhen.SETTLED),
            "used with complete-when: settled only",
            "settle",
            ModelConfig.SETTLE,
            "2s",
            "How far apart those two scans are, with `complete-when: settled`.");
    var marker =
        section.optionalWhere(
            isSo(complete, ModelConfig.CompleteWhen.MARKER),
            "used with complete-when: marker only",
            "marker",
            ModelConfig.MARKER,
            "_SUCCESS",
            "The file in a version's directory that is made last, with `complete-when: marker`.");
    var links =
        section.optional(
            "follow-links",
            ModelConfig.FOLLOW_LINKS,
            "inside",
            "Which symbolic links below `path` are followed: those that stay inside it, or all."
                + " `path` itself may be one.");
    var poll =
        section.optional(
            "poll-interval",
            ModelConfig.POLL_INTERVAL,
            "1s",
            "How often the path is scanned at least; file events, where there are any, come first.");
    var versions = versions(section.section("versions"));
    var transition =
        section.optional(
            "transition",
            ModelConfig.TRANSITION,
            "availability-preserving",
            "Whether a version is loaded before those that are not wanted any more have gone, or"
                + " after. The active one stays in any case.");
    var retries =
        section.optional(
            "load-retries",
            ModelConfig.LOAD_RETRIES,
            "2",
            "How often a load that failed of what may pass (storage, memory) is tried again before"
                + " whoever waits is told; then more and more seldom.");
    var retryInterval =
        section.optional(
            "load-retry-interval",
            ModelConfig.LOAD_RETRY_INTERVAL,
            "1s",
            "The pause before each, in which other versions load.");
    var promotion =
        section.optional(
            "promotion",
            ModelConfig.PROMOTION,
            "manual",
            "Who promotes a new version: a command on the control topic, or the watcher as soon as"
                + " a newer version is there.");
    var nativeMemory =
        section.optional(
            "native-memory",
            ModelConfig.NATIVE_MEMORY,
            "unlimited",
            "How much native memory its loaded versions may take together, by an estimate from their"
                + " files and from what loads took.");
    var fitness = fitness(section.section("fitness"));
    return section.build(
        () ->
            new ModelConfig(
                resolve(path.get()),
                complete.get(),
                settle.get(),
                marker.get(),
                links.get(),
                poll.get(),
                versions.get(),
                transition.get(),
                retries.get(),
                retryInterval.get(),
                promotion.get(),
                nativeMemory.get(),
                fitness.get()));
  }

  private static Setting<FitnessConfig> fitness(Section section) {
    var goldenChecks =
        section.optional(
            "golden-checks",
            FitnessConfig.NEED,
            "optional",
            "Whether a version must bring `assets.extra/penstock_golden.jsonl` along: inputs with the"
                + " outputs that they must give. Those that are there must hold.");
    var finiteOutputs =
        section.optional(
            "finite-outputs",
            FitnessConfig.NEED,
            "required",
            "Whether a version is refused whose outputs are infinite or NaN in its warm-up: for a"
                + " recorded request, or for every synthetic batch. Let it be `optional` for a model"
                + " that is meant to give infinities.");
    var loadTimeout =
        section.optional(
            "load-timeout",
            FitnessConfig.LOAD_TIMEOUT,
            "10m",
            "How long a version may take to load and warm up, once it is its turn. Past it the"
                + " version has failed and others go on: a load cannot be cut.");
    return section.build(
        () -> new FitnessConfig(goldenChecks.get(), finiteOutputs.get(), loadTimeout.get()));
  }

  private static Setting<VersionsConfig> versions(Section section) {
    var policy =
        section.optional(
            "policy",
            VersionsConfig.POLICY,
            "latest",
            "Which versions are loaded beside those that serve or are to: the newest, all, or those"
                + " of certain numbers, which are then the only ones that are proposed.");
    var count =
        section.optionalWhere(
            isSo(policy, VersionsConfig.Policy.LATEST),
            "used with policy: latest only",
            "count",
            VersionsConfig.COUNT,
            "1",
            "How many of the newest versions, with `policy: latest`.");
    var numbers =
        section.list(
            "numbers",
            VersionsConfig.NUMBER,
            new Absent("none"),
            "Which versions, with `policy: specific`. A list.");
    return section.build(() -> new VersionsConfig(policy.get(), count.get(), numbers.get()));
  }

  private static <T> boolean isSo(Setting<T> setting, T value) {
    return setting.valid().filter(value::equals).isPresent();
  }

  private Path resolve(String path) {
    try {
      return folder.resolve(path).normalize();
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("path: " + path + " (expected: a folder)", e);
    }
  }
}

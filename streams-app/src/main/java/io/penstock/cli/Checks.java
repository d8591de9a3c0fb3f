package io.penstock.cli;

import io.penstock.check.Check;
import io.penstock.check.Preflight;
import io.penstock.check.Verdict;
import io.penstock.check.model.CheckedPipeline;
import io.penstock.check.model.MappingCheck;
import io.penstock.check.model.ModelDirectoryCheck;
import io.penstock.check.model.ModelFolder;
import io.penstock.check.model.SignatureCheck;
import io.penstock.check.schema.RegistryChecks;
import io.penstock.check.schema.SchemaRegistration;
import io.penstock.check.topic.KafkaCheck;
import io.penstock.config.ModelConfig;
import io.penstock.config.PenstockConfig;
import io.penstock.config.PipelineConfig;
import io.penstock.registry.RegistrySettings;
import io.penstock.registry.RestSchemaRegistry;
import io.penstock.registry.SchemaRegistry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Everything that can be checked around a configuration, in the order in which a user would mend
 * it. Not thread-safe.
 */
final class Checks {

  private final PenstockConfig config;
  private final String file;
  private final Map<String, ModelFolder> folders = new LinkedHashMap<>();
  private final List<CheckedPipeline> pipelines = new ArrayList<>();

  /**
   * The checks of a configuration.
   *
   * @param file the configuration's file, for the commands that messages name
   */
  Checks(PenstockConfig config, String file) {
    this(config, file, config.models().keySet(), config.pipelines().keySet(), ModelFolder::of);
  }

  private Checks(
      PenstockConfig config,
      String file,
      Set<String> models,
      Set<String> pipelines,
      BiFunction<String, ModelConfig, ModelFolder> folder) {
    this.config = config;
    this.file = file;
    Function<String, ModelFolder> folderOf = name -> folder.apply(name, config.model(name));
    models.forEach(name -> folders.put(name, folderOf.apply(name)));
    for (String name : pipelines) {
      PipelineConfig pipeline = config.pipeline(name);
      ModelFolder model = folders.get(pipeline.model());
      this.pipelines.add(
          new CheckedPipeline(
              name, pipeline, model == null ? folderOf.apply(pipeline.model()) : model));
    }
  }

  /** Those of a service that is about to start, which reads its models' files itself. */
  static Checks beforeServing(PenstockConfig config, String file) {
    return ofWhatComes(config, file, config.models().keySet(), config.pipelines().keySet());
  }

  /** The same of a service that runs, for the models and pipelines that are about to come. */
  static Checks ofWhatComes(
      PenstockConfig config, String file, Set<String> models, Set<String> pipelines) {
    return new Checks(config, file, models, pipelines, ModelFolder::unread);
  }

  /** Everything. */
  List<Verdict> all() {
    Preflight everything = preflight();
    List<Verdict> verdicts = new ArrayList<>(everything.models());
    everything.pipelines().forEach(verdicts::addAll);
    verdicts.addAll(everything.schemas());
    verdicts.addAll(everything.cluster());
    return verdicts;
  }

  /** Everything, by what it is about. */
  Preflight preflight() {
    return new Preflight(
        folders.values().stream()
            .flatMap(folder -> new ModelDirectoryCheck(folder).verdicts().stream())
            .toList(),
        pipelines.stream()
            .map(pipeline -> run(new SignatureCheck(pipeline), new MappingCheck(pipeline)))
            .toList(),
        withRegistry(this::schemas),
        new KafkaCheck(config, file).verdicts());
  }

  private List<Verdict> schemas(SchemaRegistry registry) {
    boolean autoRegister = RegistrySettings.of(config.registry()).autoRegister();
    return new RegistryChecks(registry, pipelines, autoRegister, file).verdicts();
  }

  /** Registers the schemas that Penstock writes. */
  List<Verdict> registerSchemas() {
    return withRegistry(registry -> new SchemaRegistration(registry, pipelines).register());
  }

  private List<Verdict> withRegistry(Function<SchemaRegistry, List<Verdict>> use) {
    if (config.registry().isEmpty()) {
      return List.of(Verdict.ok("registry", "none is configured, and nothing is in Avro"));
    }
    RegistrySettings settings = RegistrySettings.of(config.registry());
    try (SchemaRegistry registry = new RestSchemaRegistry(settings)) {
      return use.apply(registry);
    } catch (IllegalArgumentException e) {
      return List.of(Verdict.failed("registry", String.valueOf(e.getMessage())));
    }
  }

  private static List<Verdict> run(Check... checks) {
    return List.of(checks).stream().flatMap(check -> check.verdicts().stream()).toList();
  }
}

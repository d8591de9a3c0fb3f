package io.penstock.config.load;

import io.penstock.codec.catalog.FormatCatalog;
import io.penstock.config.PenstockConfig;
import io.penstock.config.section.Reading;
import io.penstock.config.section.Section;
import io.penstock.config.section.Setting;
import io.penstock.config.yaml.Node;
import io.penstock.config.yaml.Problem;
import io.penstock.config.yaml.YamlFile;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Loads configuration files. Strict: an unknown key, an illegal value or an override that matches
 * nothing is a problem, and every problem of a file is reported at once.
 */
public final class ConfigLoader {

  private final Map<String, String> environment;
  private final int processors;
  private final long heapBytes;

  /**
   * A loader.
   *
   * @param environment the process's environment variables: overrides ({@code PENSTOCK_…}) and
   *     secrets ({@code ${env:…}})
   * @param processors the machine's, from which the default of {@code inference.threads} comes
   * @param heapBytes the process's, from which that of {@code inference.max-in-flight-bytes} comes
   */
  public ConfigLoader(Map<String, String> environment, int processors, long heapBytes) {
    this.environment = Map.copyOf(environment);
    this.processors = processors;
    this.heapBytes = heapBytes;
  }

  /** A loader for this process, with that environment. */
  public static ConfigLoader ofProcess(Map<String, String> environment) {
    Runtime runtime = Runtime.getRuntime();
    return new ConfigLoader(environment, runtime.availableProcessors(), runtime.maxMemory());
  }

  /** A loader for this process. */
  public static ConfigLoader ofProcess() {
    return ofProcess(System.getenv());
  }

  /**
   * Loads a file.
   *
   * @throws ConfigurationException if it cannot be read or used, with everything that is wrong
   */
  public EffectiveConfig load(Path file) {
    Path folder = file.toAbsolutePath().normalize().getParent();
    return read(file.toString(), folder == null ? Path.of("") : folder, text(file));
  }

  private EffectiveConfig read(String name, Path folder, String text) {
    Reading reading = new Reading(environment);
    Node.Mapping tree = new YamlFile(name, reading.problems()).read(text);
    if (!reading.problems().isEmpty() && tree.entries().isEmpty()) {
      throw failure(reading);
    }
    Setting<PenstockConfig> config =
        new ConfigBinder(FormatCatalog.load(), folder, processors, heapBytes)
            .bind(Section.root(reading, tree));
    reading.reportUnmatchedOverrides();
    if (!reading.problems().isEmpty()) {
      throw failure(reading);
    }
    return new EffectiveConfig(
        config.get(), entries(reading), lines(reading.warnings()), FileFingerprint.of(text));
  }

  private static List<EffectiveConfig.Entry> entries(Reading reading) {
    List<EffectiveConfig.Entry> entries = new ArrayList<>();
    reading
        .held()
        .forEach(
            (key, held) ->
                entries.add(
                    new EffectiveConfig.Entry(key, held.shown(), held.origin().toString())));
    return entries;
  }

  private static ConfigurationException failure(Reading reading) {
    return new ConfigurationException(lines(reading.problems()));
  }

  private static List<String> lines(List<Problem> problems) {
    return problems.stream().sorted(Problem.ORDER).map(Problem::toString).toList();
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      throw new ConfigurationException(
          file + ": no such file (expected: a configuration file; see --config)");
    } catch (CharacterCodingException e) {
      throw new ConfigurationException(file + ": not UTF-8 (expected: a YAML file)");
    } catch (IOException e) {
      throw new ConfigurationException(
          file + ": cannot be read (" + e.getClass().getSimpleName() + ")");
    }
  }
}

package io.penstock.check.model;

import io.penstock.config.ModelConfig;
import io.penstock.model.ModelException;
import io.penstock.model.ModelSignature;
import io.penstock.model.ServableId;
import io.penstock.model.source.SourceReport;
import io.penstock.model.source.directory.Completeness;
import io.penstock.model.source.directory.CompletenessCheck;
import io.penstock.model.source.directory.Links;
import io.penstock.model.tensorflow.SavedModelContents;
import io.penstock.model.tensorflow.SavedModelInspector;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A model's base path and the versions under it, as they are when first asked for. They are judged
 * once, and each is inspected at most once. Not thread-safe.
 */
public final class ModelFolder {

  private final String model;
  private final Path basePath;
  private final Completeness completeness;
  private final Links links;
  private final Map<Long, SavedModelContents> inspected = new HashMap<>();
  private SourceReport.@Nullable Aspired judged;

  ModelFolder(String model, Path basePath, Completeness completeness, Links links) {
    this.model = model;
    this.basePath = basePath;
    this.completeness = completeness;
    this.links = links;
  }

  /** A configured model's. Whether its files settle is not waited for. */
  public static ModelFolder of(String model, ModelConfig config) {
    return of(model, config, config.completeWhen().with(Duration.ZERO, config.marker()));
  }

  /**
   * The same for whoever is about to serve: of a manifest only whether it is there, since to
   * compare the sums is to read every file, and the service does it before it takes a version up.
   */
  public static ModelFolder unread(String model, ModelConfig config) {
    return config.completeWhen() == ModelConfig.CompleteWhen.MANIFEST
        ? of(model, config, new Completeness.Marker(Completeness.Manifested.FILE_NAME))
        : of(model, config);
  }

  private static ModelFolder of(String model, ModelConfig config, Completeness completeness) {
    return new ModelFolder(model, config.path(), completeness, config.followLinks().links());
  }

  String model() {
    return model;
  }

  Path basePath() {
    return basePath;
  }

  /**
   * Which versions the service would take up, and what the others lack.
   *
   * @throws IOException if the base path cannot be listed
   */
  SourceReport.Aspired judged() throws IOException {
    SourceReport.Aspired known = judged;
    if (known == null) {
      known = judge();
      judged = known;
    }
    return known;
  }

  private SourceReport.Aspired judge() throws IOException {
    try {
      return new CompletenessCheck(completeness, links)
          .judge(basePath, CompletenessCheck.versions(model, basePath));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while " + basePath + " was judged");
    }
  }

  /** The directories of the versions that are complete; none if the base path cannot be listed. */
  SortedMap<Long, Path> complete() {
    try {
      SortedMap<Long, Path> complete = new TreeMap<>();
      judged().versions().forEach((version, aspired) -> complete.put(version, aspired.directory()));
      return complete;
    } catch (IOException e) {
      return Collections.emptySortedMap();
    }
  }

  /**
   * What a version's files say.
   *
   * @throws ModelException if it cannot be served, whatever the signature
   */
  SavedModelContents inspect(long version, Path directory) {
    SavedModelContents known = inspected.get(version);
    if (known == null) {
      known = SavedModelInspector.inspect(new ServableId(model, version), directory);
      inspected.put(version, known);
    }
    return known;
  }

  /** A signature in each complete version that has it. */
  SortedMap<Long, ModelSignature> signatures(String name) {
    SortedMap<Long, ModelSignature> signatures = new TreeMap<>();
    complete()
        .forEach(
            (version, directory) -> {
              try {
                signatures.put(version, inspect(version, directory).signature(name));
              } catch (ModelException e) {
                // The check of signatures says why the newest lacks it.
              }
            });
    return signatures;
  }
}

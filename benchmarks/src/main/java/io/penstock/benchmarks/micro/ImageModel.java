package io.penstock.benchmarks.micro;

import io.penstock.model.ModelSignature;
import io.penstock.model.NumericColumn;
import io.penstock.model.Rows;
import io.penstock.model.ServableId;
import io.penstock.model.lifecycle.ModelRuntime;
import io.penstock.model.lifecycle.ModelSettings;
import io.penstock.model.loading.LoadedModel;
import io.penstock.model.source.AspiredVersion;
import io.penstock.model.source.SourceReport;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** A model that gives every image the scores 0: what is left is what others do. Stateless. */
record ImageModel(ServableId id) implements LoadedModel {

  static final long VERSION = 1;

  /** A runtime that serves it, {@link #VERSION} being available. */
  static ModelRuntime serve() {
    Path nowhere = Path.of("");
    SortedMap<Long, AspiredVersion> versions =
        new TreeMap<>(Map.of(VERSION, new AspiredVersion(VERSION, nowhere, "r1")));
    ModelRuntime runtime =
        new ModelRuntime(
            ModelSettings.of("images", nowhere),
            () -> new SourceReport.Aspired(versions, new TreeMap<>()),
            (id, directory, signatures) -> new ImageModel(id),
            InstantSource.system());
    runtime.start();
    runtime.whenAvailable(VERSION).toCompletableFuture().join();
    return runtime;
  }

  @Override
  public String fingerprint() {
    return "0000000000000000";
  }

  @Override
  public Set<String> signatures() {
    return Set.of(Images.SIGNATURE.name());
  }

  @Override
  public Optional<ModelSignature> signature(String name) {
    return Optional.of(Images.SIGNATURE);
  }

  @Override
  public void run(ModelSignature signature, Rows inputs, int rows, Rows outputs) {
    ((NumericColumn) outputs.column(0)).reshape(new int[] {Images.SCORES}, rows);
  }

  @Override
  public void close() {}
}

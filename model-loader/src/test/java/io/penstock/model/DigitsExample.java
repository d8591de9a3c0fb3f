package io.penstock.model;

import com.fasterxml.jackson.databind.JsonNode;
import io.penstock.model.fitness.JsonRows;
import io.penstock.model.lifecycle.ModelRuntime;
import io.penstock.model.lifecycle.ModelSettings;
import io.penstock.model.source.ModelSource;
import io.penstock.model.source.directory.Completeness;
import io.penstock.model.source.directory.DirectorySource;
import io.penstock.model.source.directory.Links;
import io.penstock.model.tensorflow.SavedModelLoader;
import io.penstock.model.tensorflow.SessionSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Says which digit an image shows, by the version that a label stands for. Thread-safe. */
final class DigitsExample implements AutoCloseable {

  private final Map<String, Long> labels = Map.of("stable", 1L, "canary", 2L);
  private final ModelRuntime model;

  DigitsExample(Path base) {
    Completeness settled = new Completeness.Settled(Duration.ofSeconds(1));
    ModelSource source =
        new DirectorySource("digits", base, settled, Links.INSIDE, System::nanoTime);
    SavedModelLoader loader = new SavedModelLoader(SessionSettings.defaults());
    ModelSettings settings = ModelSettings.of("digits", base);
    model = new ModelRuntime(settings, source, loader, InstantSource.system());
    model.addListener(System.out::println);
    model.retain(Set.copyOf(labels.values()));
    model.start();
  }

  /** Throws if one of the versions cannot be loaded, or takes too long; close it then, too. */
  void awaitVersions() {
    for (long version : labels.values()) {
      model.whenAvailable(version).orTimeout(1, TimeUnit.MINUTES).join();
    }
  }

  int digit(String label, JsonNode image) {
    try (Lease lease =
        Optional.ofNullable(labels.get(label)).flatMap(model::acquire).orElseThrow()) {
      ModelSignature signature = lease.version().signature("serving_default").orElseThrow();
      Rows inputs = JsonRows.read(signature.inputs(), List.of(image));
      Rows outputs = Rows.of(signature.outputs());
      lease.version().run(signature, inputs, 1, outputs);
      return JsonRows.write(signature.outputs(), outputs, 0).path("digit").asInt();
    }
  }

  @Override
  public void close() {
    model.close();
  }
}

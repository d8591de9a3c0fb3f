package io.penstock.inspect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.check.Verdict;
import io.penstock.model.ModelException;
import io.penstock.model.ModelSignature;
import io.penstock.model.Rows;
import io.penstock.model.ServableId;
import io.penstock.model.fitness.Fitness;
import io.penstock.model.fitness.JsonRows;
import io.penstock.model.fitness.SyntheticRows;
import io.penstock.model.loading.FitLoader;
import io.penstock.model.loading.FitVersion;
import io.penstock.model.loading.LoadTerms;
import io.penstock.model.loading.LoadThread;
import io.penstock.model.loading.Loaded;
import io.penstock.model.loading.LoadedModel;
import io.penstock.model.loading.ModelLoader;
import io.penstock.model.memory.MemoryLimit;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * A version loaded for a moment, outside of a service: to run sample input through it, or to see
 * whether it would serve. Takes its native memory meanwhile. Stateless.
 */
public final class Rehearsal {

  private static final long MIB = 1 << 20;

  private final ModelLoader loader;

  public Rehearsal(ModelLoader loader) {
    this.loader = loader;
  }

  /**
   * Runs instances through the newest version.
   *
   * @param instances in TensorFlow Serving's row format; null for one row of zeros
   * @return {@code {"predictions": […]}}, one for each instance
   * @throws ModelException if the version cannot be loaded or run
   * @throws IllegalArgumentException if the instances do not fit the signature
   */
  public ObjectNode run(
      ModelDirectory model, String signatureName, @Nullable List<JsonNode> instances) {
    ServableId id = model.id(model.versions().lastKey());
    try (LoadedModel version = loader.load(id, model.newest(), Set.of(signatureName))) {
      ModelSignature signature = version.signature(signatureName).orElseThrow();
      ObjectNode answer = JsonNodeFactory.instance.objectNode();
      ArrayNode predictions = answer.putArray("predictions");
      int size = signature.batchSize().orElse(1);
      if (instances == null) {
        Rows zeros = SyntheticRows.zeros(signature.inputs(), size);
        predictions.add(run(version, signature, zeros, size));
      } else {
        for (JsonNode instance : instances) {
          Rows inputs = JsonRows.read(signature.inputs(), Collections.nCopies(size, instance));
          predictions.add(run(version, signature, inputs, size));
        }
      }
      return answer;
    }
  }

  private static JsonNode run(
      LoadedModel version, ModelSignature signature, Rows inputs, int rows) {
    Rows outputs = Rows.of(signature.outputs());
    version.run(signature, inputs, rows, outputs);
    return JsonRows.write(signature.outputs(), outputs, 0);
  }

  /**
   * Has a version pass what it has to pass before it serves, as a service would.
   *
   * @param fitness what that is
   * @param terms on which it is loaded, with nothing else loaded
   */
  public List<Verdict> check(ServableId id, Path directory, Fitness fitness, LoadTerms terms) {
    Loaded outcome = load(id, directory, new FitLoader(fitness, terms, loader), terms);
    if (outcome instanceof Loaded.Fit fit) {
      try (FitVersion version = fit.version()) {
        int checks = version.goldenChecks();
        return List.of(
            Verdict.ok(id.toString(), "loads; signatures " + version.model().signatures()),
            memory(id, terms),
            Verdict.ok(id.toString(), "warms up: " + version.warmUp()),
            Verdict.ok(
                id.toString(),
                checks == 0 ? "has no golden checks" : checks + " golden checks hold"));
      }
    }
    return List.of(Verdict.failed(id.toString(), reason(outcome)));
  }

  /** On a thread that can be given up on, as in a service. */
  private static Loaded load(ServableId id, Path directory, FitLoader fitLoader, LoadTerms terms) {
    ScheduledExecutorService clock =
        Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "penstock-load-clock"));
    LoadThread thread = new LoadThread(terms, clock, task -> daemon(task, "penstock-load"));
    CompletableFuture<Loaded> outcome = new CompletableFuture<>();
    try {
      thread.load(id, isGivenUp -> fitLoader.attempt(id, directory, isGivenUp), outcome::complete);
      return outcome.join();
    } finally {
      thread.shutdown();
      clock.shutdownNow();
    }
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  /** While a version is loaded, what is booked is what it is estimated to take. */
  private static Verdict memory(ServableId id, LoadTerms terms) {
    long bytes = terms.memory().bookedBytes();
    String estimate =
        String.format(Locale.ROOT, "takes %.1f MiB of memory, estimated", bytes / (double) MIB);
    if (terms.memoryLimit().isEmpty()) {
      return Verdict.ok(id.toString(), estimate + "; no limit was given to hold it against");
    }
    MemoryLimit limit = terms.memoryLimit().get();
    String most =
        String.format(Locale.ROOT, "%s: %.1f MiB", limit.key(), limit.bytes() / (double) MIB);
    return 2 * bytes > limit.bytes()
        ? Verdict.warning(
            id.toString(),
            "%s (%s): no second version fits beside it, so none can take its place while it serves"
                .formatted(estimate, most))
        : Verdict.ok(
            id.toString(), "%s, and so does the next beside it (%s)".formatted(estimate, most));
  }

  private static String reason(Loaded outcome) {
    if (outcome instanceof Loaded.Failed failed) {
      return String.valueOf(failed.reason().getMessage());
    }
    if (outcome instanceof Loaded.Hung hung) {
      return String.valueOf(hung.reason().getMessage());
    }
    throw new IllegalStateException(outcome + " (expected: with one version, it is fit or fails)");
  }
}

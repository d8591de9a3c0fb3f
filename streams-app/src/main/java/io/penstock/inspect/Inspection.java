package io.penstock.inspect;

import io.penstock.model.ModelException;
import io.penstock.model.ServableId;
import io.penstock.model.fitness.GoldenChecks;
import io.penstock.model.tensorflow.SavedModelDescription;
import io.penstock.model.tensorflow.SavedModelInspector;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One version, as its files describe it: the components are the fields of its JSON. Immutable.
 *
 * @param problem why it cannot be served; what else is known is there all the same
 * @param tensorflow the TensorFlow that wrote it
 * @param bytes the size of the files that are loaded
 * @param warmUp what there is to warm it up with
 * @param goldenChecks whether it brings golden checks along
 */
public record Inspection(
    String model,
    long version,
    String directory,
    @Nullable String problem,
    @Nullable String tensorflow,
    @Nullable Long bytes,
    @Nullable String fingerprint,
    @Nullable List<List<String>> tags,
    @Nullable String warmUp,
    @Nullable Boolean goldenChecks,
    SortedMap<String, Signature> signatures) {

  private static final String NOTHING_SERVABLE =
      "none of its signatures can be served. Export it with one that can.";

  /**
   * A signature.
   *
   * @param method what TensorFlow Serving calls it for
   * @param problem why it cannot be served
   */
  public record Signature(
      String method, @Nullable String problem, List<Tensor> inputs, List<Tensor> outputs) {

    private static Signature of(SavedModelDescription.Signature signature) {
      return new Signature(
          signature.method(),
          signature.problem().orElse(null),
          signature.inputs().stream().map(Tensor::of).toList(),
          signature.outputs().stream().map(Tensor::of).toList());
    }
  }

  /**
   * An input or output.
   *
   * @param shape batch dimension first; −1 for a dimension that is open; null if not even its rank
   *     is said, and it is taken for one value a row
   * @param tensor its name in the graph
   */
  public record Tensor(String name, String dtype, @Nullable List<Long> shape, String tensor) {

    private static Tensor of(SavedModelDescription.Tensor tensor) {
      return new Tensor(
          tensor.name(), tensor.dtype(), tensor.shape().orElse(null), tensor.tensor());
    }
  }

  /** Inspects a version. */
  public static Inspection of(ServableId id, Path directory) {
    try {
      return of(id, directory, SavedModelInspector.describe(id, directory));
    } catch (ModelException e) {
      return new Inspection(
          id.model(),
          id.version(),
          directory.toString(),
          e.getMessage(),
          null,
          null,
          null,
          null,
          null,
          null,
          Collections.emptySortedMap());
    }
  }

  private static Inspection of(ServableId id, Path directory, SavedModelDescription model) {
    SortedMap<String, Signature> signatures = new TreeMap<>();
    model.signatures().forEach((name, signature) -> signatures.put(name, Signature.of(signature)));
    return new Inspection(
        id.model(),
        id.version(),
        directory.toString(),
        model.problem().orElseGet(() -> model.servable().isEmpty() ? NOTHING_SERVABLE : null),
        model.tensorFlowVersion(),
        model.fileBytes(),
        model.fingerprint(),
        model.tagSets(),
        warmUp(model),
        Files.isRegularFile(directory.resolve(GoldenChecks.FILE)),
        signatures);
  }

  private static String warmUp(SavedModelDescription model) {
    AtomicInteger requests = new AtomicInteger();
    try {
      var unused = model.warmUp().forEach(model.servable(), request -> requests.incrementAndGet());
    } catch (ModelException e) {
      return String.valueOf(e.getMessage());
    }
    return requests.get() == 0 ? "synthetic batches" : requests + " recorded requests";
  }
}

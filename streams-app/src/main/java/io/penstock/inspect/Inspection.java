package io.penstock.inspect;

import io.penstock.model.ModelException;
import io.penstock.model.ModelSignature;
import io.penstock.model.ServableId;
import io.penstock.model.TensorSpec;
import io.penstock.model.fitness.GoldenChecks;
import io.penstock.model.tensorflow.SavedModelDescription;
import io.penstock.model.tensorflow.SavedModelInspector;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One version, as its files describe it: the components are the fields of its JSON. Immutable.
 *
 * @param problem why nothing else is known, where that is so
 * @param tensorflow the TensorFlow that wrote it
 * @param bytes the size of the files that are loaded
 * @param warmUp what there is to warm it up with
 * @param goldenChecks whether it brings golden checks along
 * @param unservable signatures that cannot be served, with the reason
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
    @Nullable SortedMap<String, Signature> signatures,
    @Nullable SortedMap<String, String> unservable) {

  /**
   * A signature.
   *
   * @param method what TensorFlow Serving calls it for
   */
  public record Signature(String method, List<Tensor> inputs, List<Tensor> outputs) {}

  /**
   * An input or output.
   *
   * @param shape batch dimension first; −1 for a dimension that is open
   */
  public record Tensor(String name, String dtype, List<Long> shape) {

    private static Tensor of(TensorSpec spec) {
      return new Tensor(spec.name(), spec.dtype().toString(), spec.shape());
    }

    @Override
    public String toString() {
      return name + ": " + dtype + shape.toString().replace(" ", "");
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
          null,
          null);
    }
  }

  private static Inspection of(ServableId id, Path directory, SavedModelDescription model) {
    SortedMap<String, Signature> signatures = new TreeMap<>();
    model
        .contents()
        .signatures()
        .forEach(
            (name, signature) ->
                signatures.put(name, signature(model.methods().getOrDefault(name, ""), signature)));
    return new Inspection(
        id.model(),
        id.version(),
        directory.toString(),
        null,
        model.tensorFlowVersion(),
        model.fileBytes(),
        model.fingerprint(),
        model.contents().tagSets(),
        warmUp(model),
        Files.isRegularFile(directory.resolve(GoldenChecks.FILE)),
        signatures,
        model.contents().unservable());
  }

  private static Signature signature(String method, ModelSignature signature) {
    return new Signature(
        method,
        signature.inputs().stream().map(Tensor::of).toList(),
        signature.outputs().stream().map(Tensor::of).toList());
  }

  private static String warmUp(SavedModelDescription model) {
    AtomicInteger requests = new AtomicInteger();
    try {
      model.warmUp().forEach(request -> requests.incrementAndGet());
    } catch (ModelException e) {
      return String.valueOf(e.getMessage());
    }
    return requests.get() == 0 ? "synthetic batches" : requests + " recorded requests";
  }
}

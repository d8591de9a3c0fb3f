package io.penstock.model.tensorflow;

import io.penstock.model.fitness.RecordedRequests;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A SavedModel as its files describe it, servable or not. Immutable.
 *
 * @param tagSets the tags of every graph in it
 * @param problem why nothing of it can be served; empty if something can
 * @param signatures of the graph for serving, or of the first one where there is none; by name
 * @param tensorFlowVersion the TensorFlow that wrote that graph; empty if it does not say
 * @param fileBytes the size of the files that are loaded
 * @param fingerprint as of a loaded version
 * @param warmUp what was recorded for its warm-up
 */
public record SavedModelDescription(
    List<List<String>> tagSets,
    Optional<String> problem,
    SortedMap<String, Signature> signatures,
    String tensorFlowVersion,
    long fileBytes,
    String fingerprint,
    RecordedRequests warmUp) {

  /**
   * A signature.
   *
   * @param method what TensorFlow Serving calls it for: {@code tensorflow/serving/predict}
   * @param problem why it cannot be served; empty if it can
   */
  public record Signature(
      String method, List<Tensor> inputs, List<Tensor> outputs, Optional<String> problem) {

    public Signature {
      inputs = List.copyOf(inputs);
      outputs = List.copyOf(outputs);
    }
  }

  /**
   * An input or output.
   *
   * @param dtype by TensorFlow's name in Python, whether or not it can be served
   * @param shape batch dimension first, −1 for a dimension that is open; empty if neither the
   *     signature nor the graph says so much as its rank
   * @param tensor its name in the graph; for a sparse one the name of its values
   */
  public record Tensor(String name, String dtype, Optional<List<Long>> shape, String tensor) {}

  public SavedModelDescription {
    tagSets = List.copyOf(tagSets);
    signatures = Collections.unmodifiableSortedMap(new TreeMap<>(signatures));
  }

  /** The names of the signatures that can be served. */
  public Set<String> servable() {
    return signatures.entrySet().stream()
        .filter(signature -> signature.getValue().problem().isEmpty())
        .map(Map.Entry::getKey)
        .collect(Collectors.toUnmodifiableSet());
  }
}

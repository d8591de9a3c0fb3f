package io.penstock.model.tensorflow;

import io.penstock.model.fitness.RecordedRequests;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A SavedModel as its files describe it. Immutable.
 *
 * @param methods for each signature what TensorFlow Serving calls it for: {@code
 *     tensorflow/serving/predict}
 * @param tensorFlowVersion the TensorFlow that wrote it; empty if it does not say
 * @param fileBytes the size of the files that are loaded
 * @param fingerprint as of a loaded version
 * @param warmUp what was recorded for its warm-up
 */
public record SavedModelDescription(
    SavedModelContents contents,
    SortedMap<String, String> methods,
    String tensorFlowVersion,
    long fileBytes,
    String fingerprint,
    RecordedRequests warmUp) {

  public SavedModelDescription {
    methods = Collections.unmodifiableSortedMap(new TreeMap<>(methods));
  }
}

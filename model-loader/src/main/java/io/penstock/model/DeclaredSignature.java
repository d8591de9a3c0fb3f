package io.penstock.model;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A signature as a SavedModel declares it, whether or not it can be served by rows: TensorFlow's
 * {@code SignatureDef}.
 *
 * @param method what TensorFlow Serving calls it for: {@code tensorflow/serving/predict}
 */
public record DeclaredSignature(
    String name, String method, List<Tensor> inputs, List<Tensor> outputs) {

  public DeclaredSignature {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(method, "method");
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  /**
   * An input or output.
   *
   * @param key what requests call it
   * @param tensor its tensor in the graph: {@code node:output}; empty where it is not a dense one
   * @param dtype by the name in TensorFlow's protocol buffers: {@code DT_FLOAT}
   * @param shape −1 for a dimension that is open; null where the rank is unknown
   */
  public record Tensor(String key, String tensor, String dtype, @Nullable List<Long> shape) {

    public Tensor {
      Objects.requireNonNull(key, "key");
      shape = shape == null ? null : List.copyOf(shape);
    }
  }
}

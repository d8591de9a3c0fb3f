package io.penstock.model.tensorflow;

import io.penstock.model.DType;
import io.penstock.model.ModelSignature;
import io.penstock.model.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.tensorflow.Graph;
import org.tensorflow.Output;
import org.tensorflow.Session;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;

/**
 * A signature with its handles in the graph, resolved once.
 *
 * @param inputs one handle per input of the signature, in its order
 * @param fetches the distinct handles of its outputs: two outputs may be one tensor, and TensorFlow
 *     Java refuses to fetch a tensor twice
 * @param fetchOfOutput for each output of the signature the index of its fetch
 * @param scalar whether its tensors have no batch dimension; then a run takes one row
 * @param writes whether a run writes variables
 */
record BoundSignature(
    ModelSignature signature,
    List<Output<?>> inputs,
    List<Output<?>> fetches,
    List<Integer> fetchOfOutput,
    boolean scalar,
    boolean writes) {

  /** Resolves a signature's tensors in its graph. */
  static BoundSignature of(
      ModelSignature signature,
      SignatureDef definition,
      Graph graph,
      boolean scalar,
      boolean writes) {
    List<Output<?>> outputs = handles(signature.outputs(), definition.getOutputsMap(), graph);
    List<Output<?>> fetches = outputs.stream().distinct().toList();
    return new BoundSignature(
        signature,
        handles(signature.inputs(), definition.getInputsMap(), graph),
        fetches,
        outputs.stream().map(fetches::indexOf).toList(),
        scalar,
        writes);
  }

  private static List<Output<?>> handles(
      List<TensorSpec> specs, Map<String, TensorInfo> tensors, Graph graph) {
    List<Output<?>> handles = new ArrayList<>();
    for (TensorSpec spec : specs) {
      String tensor = Objects.requireNonNull(tensors.get(spec.name())).getName();
      handles.add(Objects.requireNonNull(graph.output(tensor), tensor));
    }
    return handles;
  }

  /** What of the signature its graph contradicts; empty if nothing. */
  Optional<String> contradiction() {
    List<TensorSpec> specs = specs();
    List<Output<?>> handles = handles();
    for (int i = 0; i < specs.size(); i++) {
      Output<?> handle = handles.get(i);
      DType dtype = specs.get(i).dtype();
      DataType dataType = handle.dataType();
      DataType expected =
          BitCarriers.isCarrier(handle.op())
              ? TensorType.carrier(dtype)
              : TensorType.dataType(dtype);
      if (TensorType.value(dataType) != expected) {
        return Optional.of(
            "%s is %s in the graph. Export the model again with signatures that match its graph."
                .formatted(specs.get(i), dataType));
      }
    }
    return Optional.empty();
  }

  /** Inputs, then outputs. */
  private List<TensorSpec> specs() {
    List<TensorSpec> specs = new ArrayList<>(signature.inputs());
    specs.addAll(signature.outputs());
    return specs;
  }

  /** In the same order. */
  private List<Output<?>> handles() {
    List<Output<?>> handles = new ArrayList<>(inputs);
    fetchOfOutput.forEach(index -> handles.add(fetches.get(index)));
    return handles;
  }

  /** A runner that fetches the outputs and has yet to be fed. */
  Session.Runner runner(Session session) {
    Session.Runner runner = session.runner();
    for (Output<?> fetch : fetches) {
      runner.fetch(fetch);
    }
    return runner;
  }
}

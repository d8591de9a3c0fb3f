package io.penstock.model.tensorflow;

import io.penstock.model.ModelSignature;
import io.penstock.model.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.tensorflow.Graph;
import org.tensorflow.Output;
import org.tensorflow.Session;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;

/**
 * A signature with its handles in the graph, resolved once.
 *
 * @param inputs one handle per input of the signature, in its order
 * @param fetches the distinct handles of its outputs: two outputs may be one tensor, and TensorFlow
 *     Java refuses to fetch a tensor twice
 * @param fetchOfOutput for each output of the signature the index of its fetch
 */
record BoundSignature(
    ModelSignature signature,
    List<Output<?>> inputs,
    List<Output<?>> fetches,
    List<Integer> fetchOfOutput) {

  /** Resolves a signature's tensors in its graph. */
  static BoundSignature of(ModelSignature signature, SignatureDef definition, Graph graph) {
    List<Output<?>> outputs = handles(signature.outputs(), definition.getOutputsMap(), graph);
    List<Output<?>> fetches = outputs.stream().distinct().toList();
    return new BoundSignature(
        signature,
        handles(signature.inputs(), definition.getInputsMap(), graph),
        fetches,
        outputs.stream().map(fetches::indexOf).toList());
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

  /** A runner that fetches the outputs and has yet to be fed. */
  Session.Runner runner(Session session) {
    Session.Runner runner = session.runner();
    for (Output<?> fetch : fetches) {
      runner.fetch(fetch);
    }
    return runner;
  }
}

package io.penstock.model.tensorflow;

import io.penstock.model.ModelSignature;
import java.util.List;
import org.tensorflow.Output;
import org.tensorflow.Session;

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

  static BoundSignature of(
      ModelSignature signature, List<Output<?>> inputs, List<Output<?>> outputs) {
    List<Output<?>> fetches = outputs.stream().distinct().toList();
    return new BoundSignature(
        signature, inputs, fetches, outputs.stream().map(fetches::indexOf).toList());
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

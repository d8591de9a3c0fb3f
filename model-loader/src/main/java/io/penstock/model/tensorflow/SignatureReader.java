package io.penstock.model.tensorflow;

import io.penstock.model.DType;
import io.penstock.model.ModelException;
import io.penstock.model.ModelSignature;
import io.penstock.model.ServableId;
import io.penstock.model.TensorSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.tensorflow.Graph;
import org.tensorflow.Output;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;

/**
 * Reads a SavedModel's signatures and binds them to its graph. A signature that cannot be served by
 * rows is left out, unless it is required.
 */
final class SignatureReader {

  /** Signatures that are not entry points: they run when a model is loaded or trained. */
  private static final Set<String> MARKERS =
      Set.of("__saved_model_init_op", "__saved_model_train_op");

  private final ServableId id;
  private final Graph graph;

  SignatureReader(ServableId id, Graph graph) {
    this.id = id;
    this.graph = graph;
  }

  /**
   * The signatures that can be served, by name.
   *
   * @throws ModelException if a required one is not there or cannot be served
   */
  Map<String, BoundSignature> read(MetaGraphDef metaGraph, Set<String> required) {
    Map<String, BoundSignature> bound = new TreeMap<>();
    Map<String, String> unservable = new HashMap<>();
    metaGraph
        .getSignatureDefMap()
        .forEach(
            (name, definition) -> {
              if (!MARKERS.contains(name)) {
                try {
                  bound.put(name, bind(name, definition));
                } catch (UnservableException e) {
                  unservable.put(name, e.getMessage());
                }
              }
            });
    for (String name : required) {
      if (unservable.containsKey(name)) {
        throw new ModelException(
            "Signature %s of %s cannot be served: %s".formatted(name, id, unservable.get(name)));
      }
      if (!bound.containsKey(name)) {
        throw new ModelException(
            ("%s has no signature %s (expected: one of %s). Configure one that it has, or export"
                    + " the model with it.")
                .formatted(id, name, bound.keySet()));
      }
    }
    return bound;
  }

  private BoundSignature bind(String name, SignatureDef definition) throws UnservableException {
    List<TensorSpec> inputs = specs("input", definition.getInputsMap());
    List<TensorSpec> outputs = specs("output", definition.getOutputsMap());
    if (inputs.isEmpty()) {
      throw new UnservableException("it has no inputs, so there is nothing to make rows of.");
    }
    ModelSignature signature = new ModelSignature(name, inputs, outputs);
    return BoundSignature.of(
        signature,
        handles(signature.inputs(), definition.getInputsMap()),
        handles(signature.outputs(), definition.getOutputsMap()));
  }

  private List<Output<?>> handles(List<TensorSpec> specs, Map<String, TensorInfo> tensors)
      throws UnservableException {
    List<Output<?>> handles = new ArrayList<>();
    for (TensorSpec spec : specs) {
      String tensor = Objects.requireNonNull(tensors.get(spec.name())).getName();
      Output<?> handle = graph.output(tensor);
      if (handle == null) {
        throw new UnservableException(
            "%s stands for tensor %s, which is not in the graph. Export the model again."
                .formatted(spec.name(), tensor));
      }
      handles.add(handle);
    }
    return handles;
  }

  private static List<TensorSpec> specs(String kind, Map<String, TensorInfo> tensors)
      throws UnservableException {
    List<TensorSpec> specs = new ArrayList<>();
    for (Map.Entry<String, TensorInfo> tensor : tensors.entrySet()) {
      specs.add(spec(kind + " " + tensor.getKey(), tensor.getKey(), tensor.getValue()));
    }
    return specs;
  }

  private static TensorSpec spec(String what, String name, TensorInfo tensor)
      throws UnservableException {
    if (tensor.getEncodingCase() != TensorInfo.EncodingCase.NAME) {
      throw new UnservableException(
          "%s is a %s tensor (expected: a dense one). Convert it within the model."
              .formatted(what, tensor.getEncodingCase()));
    }
    DType dtype =
        TensorType.dtype(tensor.getDtype())
            .orElseThrow(
                () ->
                    new UnservableException(
                        "%s has dtype %s (expected: one of %s). Cast it within the model."
                            .formatted(what, tensor.getDtype(), TensorType.names())));
    TensorShapeProto shape = tensor.getTensorShape();
    if (shape.getUnknownRank() || shape.getDimCount() == 0) {
      throw new UnservableException(
          "%s has %s (expected: a batch dimension first). Export the model with the tensor's shape."
              .formatted(
                  what, shape.getUnknownRank() ? "a shape of unknown rank" : "no dimension"));
    }
    return new TensorSpec(
        name, dtype, shape.getDimList().stream().map(TensorShapeProto.Dim::getSize).toList());
  }

  /** A signature cannot be served by rows; its message says which tensor is to blame. */
  private static final class UnservableException extends Exception {

    private static final long serialVersionUID = 1L;

    UnservableException(String message) {
      super(message);
    }
  }
}

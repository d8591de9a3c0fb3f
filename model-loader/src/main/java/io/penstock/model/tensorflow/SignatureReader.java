package io.penstock.model.tensorflow;

import io.penstock.model.DType;
import io.penstock.model.ModelSignature;
import io.penstock.model.ServableId;
import io.penstock.model.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;

/**
 * Reads a SavedModel's signatures and says which of them can be served by rows. Needs the protocol
 * buffer only, not a session.
 */
final class SignatureReader {

  /** Signatures that are not entry points: they run when a model is loaded or trained. */
  private static final Set<String> MARKERS =
      Set.of("__saved_model_init_op", "__saved_model_train_op");

  private final ServableId id;
  private final MetaGraphDef metaGraph;
  private final Set<String> nodes;

  SignatureReader(ServableId id, MetaGraphDef metaGraph) {
    this.id = id;
    this.metaGraph = metaGraph;
    this.nodes =
        metaGraph.getGraphDef().getNodeList().stream()
            .map(NodeDef::getName)
            .collect(Collectors.toSet());
  }

  /** Every signature that is an entry point. */
  SavedModelContents read(List<List<String>> tagSets) {
    SortedMap<String, ModelSignature> signatures = new TreeMap<>();
    SortedMap<String, String> unservable = new TreeMap<>();
    metaGraph
        .getSignatureDefMap()
        .forEach(
            (name, definition) -> {
              if (!MARKERS.contains(name)) {
                try {
                  signatures.put(name, signature(name, definition));
                } catch (UnservableException e) {
                  unservable.put(name, String.valueOf(e.getMessage()));
                }
              }
            });
    return new SavedModelContents(id, tagSets, signatures, unservable);
  }

  private ModelSignature signature(String name, SignatureDef definition)
      throws UnservableException {
    List<TensorSpec> inputs = specs("input", definition.getInputsMap());
    List<TensorSpec> outputs = specs("output", definition.getOutputsMap());
    if (inputs.isEmpty()) {
      throw new UnservableException("it has no inputs, so there is nothing to make rows of.");
    }
    checkBatchSizes(inputs);
    return new ModelSignature(name, inputs, outputs);
  }

  /** A fixed batch dimension is served by padding, if all inputs that have one agree on it. */
  private static void checkBatchSizes(List<TensorSpec> inputs) throws UnservableException {
    List<Long> fixed =
        inputs.stream().map(spec -> spec.shape().get(0)).filter(n -> n >= 0).distinct().toList();
    if (fixed.size() > 1 || fixed.contains(0L)) {
      throw new UnservableException(
          "its inputs %s have batch dimensions of %s (expected: one size of 1 or more, or open)."
                  .formatted(inputs, fixed)
              + " Export the model with an open batch dimension.");
    }
  }

  private List<TensorSpec> specs(String kind, Map<String, TensorInfo> tensors)
      throws UnservableException {
    List<TensorSpec> specs = new ArrayList<>();
    for (Map.Entry<String, TensorInfo> tensor : tensors.entrySet()) {
      specs.add(spec(kind + " " + tensor.getKey(), tensor.getKey(), tensor.getValue()));
    }
    return specs;
  }

  private TensorSpec spec(String what, String name, TensorInfo tensor) throws UnservableException {
    if (tensor.getEncodingCase() != TensorInfo.EncodingCase.NAME) {
      throw new UnservableException(
          "%s is a %s tensor (expected: a dense one). Convert it within the model."
              .formatted(what, tensor.getEncodingCase()));
    }
    if (!nodes.contains(node(tensor.getName()))) {
      throw new UnservableException(
          "%s stands for tensor %s, which is not in the graph. Export the model again."
              .formatted(name, tensor.getName()));
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

  /** The node of a tensor, which is named {@code node:output}. */
  private static String node(String tensor) {
    int colon = tensor.lastIndexOf(':');
    return colon < 0 ? tensor : tensor.substring(0, colon);
  }

  /** A signature cannot be served by rows; its message says which tensor is to blame. */
  private static final class UnservableException extends Exception {

    private static final long serialVersionUID = 1L;

    UnservableException(String message) {
      super(message);
    }
  }
}

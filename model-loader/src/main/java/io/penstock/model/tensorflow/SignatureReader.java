package io.penstock.model.tensorflow;

import io.penstock.model.DType;
import io.penstock.model.ModelSignature;
import io.penstock.model.ServableId;
import io.penstock.model.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.tensorflow.proto.AttrValue;
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

  /** The attribute in which exporters leave the shapes of a node's outputs. */
  static final String SHAPES = "_output_shapes";

  private static final String INPUT = "input";

  private final ServableId id;
  private final MetaGraphDef metaGraph;
  private final Map<String, NodeDef> nodes;

  SignatureReader(ServableId id, MetaGraphDef metaGraph) {
    this.id = id;
    this.metaGraph = metaGraph;
    this.nodes =
        metaGraph.getGraphDef().getNodeList().stream()
            .collect(Collectors.toMap(NodeDef::getName, node -> node, (one, other) -> one));
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
    boolean alone = takesOneRow(definition);
    List<TensorSpec> inputs = specs(INPUT, definition.getInputsMap(), alone);
    List<TensorSpec> outputs = specs("output", definition.getOutputsMap(), alone);
    if (inputs.isEmpty()) {
      throw new UnservableException("it has no inputs, so there is nothing to make rows of.");
    }
    checkBatchSizes(inputs);
    return new ModelSignature(name, inputs, outputs);
  }

  /**
   * Whether the signature has no batch dimension at all: its tensors are scalars, those of which it
   * says nothing included. It takes one row a run.
   */
  boolean takesOneRow(SignatureDef definition) {
    return Stream.of(definition.getInputsMap(), definition.getOutputsMap())
        .flatMap(tensors -> tensors.values().stream())
        .map(this::shape)
        .anyMatch(shape -> !shape.getUnknownRank() && shape.getDimCount() == 0);
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

  private List<TensorSpec> specs(String kind, Map<String, TensorInfo> tensors, boolean alone)
      throws UnservableException {
    List<TensorSpec> specs = new ArrayList<>();
    for (Map.Entry<String, TensorInfo> tensor : tensors.entrySet()) {
      specs.add(spec(kind, tensor.getKey(), tensor.getValue(), alone));
    }
    return specs;
  }

  private TensorSpec spec(String kind, String name, TensorInfo tensor, boolean alone)
      throws UnservableException {
    String what = kind + " " + name;
    if (tensor.getEncodingCase() != TensorInfo.EncodingCase.NAME) {
      throw new UnservableException(
          "%s is a %s tensor (expected: a dense one). Convert it within the model."
              .formatted(what, tensor.getEncodingCase()));
    }
    NodeDef node = nodes.get(node(tensor.getName()));
    if (node == null) {
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
                            .formatted(what, TensorType.protoName(tensor), TensorType.names())));
    if (kind.equals(INPUT) && TensorType.isCarried(dtype) && !BitCarriers.canPrecede(node)) {
      throw new UnservableException(
          "%s of dtype %s is fed in the middle of the graph, into a node of type %s (expected: Placeholder). Export the model with an input of its own."
              .formatted(what, dtype, node.getOp()));
    }
    TensorShapeProto shape = shape(tensor);
    if (alone && shape.getDimCount() > 0) {
      throw new UnservableException(
          "%s has a batch dimension while others of its tensors have none (expected: all or none)."
                  .formatted(what)
              + " Export the model with a batch dimension first, in every tensor.");
    }
    if (shape.getDimCount() == 0) {
      return new TensorSpec(name, dtype, List.of(alone ? 1L : -1L));
    }
    return new TensorSpec(
        name, dtype, shape.getDimList().stream().map(TensorShapeProto.Dim::getSize).toList());
  }

  /**
   * A tensor's shape: what the signature says, else what the graph does, else of unknown rank.
   * Exporters before TensorFlow 1.1, and parsers of Examples to this day, leave it to the graph.
   */
  TensorShapeProto shape(TensorInfo tensor) {
    if (tensor.hasTensorShape() && !tensor.getTensorShape().getUnknownRank()) {
      return tensor.getTensorShape();
    }
    return Optional.ofNullable(nodes.get(node(tensor.getName())))
        .flatMap(node -> shapeInGraph(tensor, node))
        .orElseGet(() -> TensorShapeProto.newBuilder().setUnknownRank(true).build());
  }

  /** The shape that its node tells of a tensor, if it does. */
  static Optional<TensorShapeProto> shapeInGraph(TensorInfo tensor, NodeDef node) {
    AttrValue shapes = node.getAttrMap().get(SHAPES);
    int index = index(tensor.getName());
    return shapes != null && index < shapes.getList().getShapeCount()
        ? Optional.of(shapes.getList().getShape(index))
        : Optional.empty();
  }

  /** The node of a tensor, which is named {@code node:output}. */
  static String node(String tensor) {
    int colon = tensor.lastIndexOf(':');
    return colon < 0 ? tensor : tensor.substring(0, colon);
  }

  /** Which of its node's outputs a tensor is. */
  static int index(String tensor) {
    int colon = tensor.lastIndexOf(':');
    return colon < 0 ? 0 : Integer.parseInt(tensor.substring(colon + 1));
  }

  /** A signature cannot be served by rows; its message says which tensor is to blame. */
  private static final class UnservableException extends Exception {

    private static final long serialVersionUID = 1L;

    UnservableException(String message) {
      super(message);
    }
  }
}

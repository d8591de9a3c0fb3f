package io.penstock.model.tensorflow;

import io.penstock.model.DType;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.tensorflow.Graph;
import org.tensorflow.Operation;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;

/**
 * Puts nodes into a graph by which it takes and gives dtypes that TensorFlow Java has no tensors
 * for. Beside each input and output of such a dtype there is one of another dtype of the same
 * width, and a {@code Bitcast} between them, which copies nothing: {@code int8} is fed and fetched
 * as {@code uint8}, bit for bit.
 *
 * <p>Reflection on TensorFlow Java's own table of tensor types would do as well, until it changes.
 * Not thread-safe.
 */
final class BitCarriers {

  private static final String SCOPE = "penstock_bits/";

  /** Nodes that nothing flows into, so that another may be put before them. */
  private static final Set<String> PLACEHOLDERS = Set.of("Placeholder", "PlaceholderV2");

  private final Graph typed;
  private final GraphDef.Builder graph;
  private final Map<String, Integer> nodes = new HashMap<>();

  private BitCarriers(Graph typed, GraphDef.Builder graph) {
    this.typed = typed;
    this.graph = graph;
    for (int i = 0; i < graph.getNodeCount(); i++) {
      nodes.put(graph.getNode(i).getName(), i);
    }
  }

  /**
   * A graph with carriers for its signatures, which name them; empty if it needs none.
   *
   * @throws TensorFlowException or an {@link IllegalArgumentException} or {@link
   *     IllegalStateException}, if TensorFlow does not take the graph
   */
  static Optional<MetaGraphDef> install(MetaGraphDef metaGraph) {
    Map<String, SignatureDef> carried = new HashMap<>(metaGraph.getSignatureDefMap());
    carried.values().removeIf(signature -> !needsCarriers(signature));
    if (carried.isEmpty()) {
      return Optional.empty();
    }
    MetaGraphDef.Builder result = metaGraph.toBuilder();
    // Without a session it has no variables: TensorFlow only says what dtypes its tensors are.
    try (Graph typed = new Graph()) {
      typed.importGraphDef(metaGraph.getGraphDef());
      BitCarriers carriers = new BitCarriers(typed, result.getGraphDefBuilder());
      int before = carriers.graph.getNodeCount();
      carried.forEach(
          (name, signature) -> result.putSignatureDef(name, carriers.signature(signature)));
      return carriers.graph.getNodeCount() == before
          ? Optional.empty()
          : Optional.of(result.build());
    }
  }

  private static boolean needsCarriers(SignatureDef signature) {
    return Stream.of(signature.getInputsMap(), signature.getOutputsMap())
        .flatMap(tensors -> tensors.values().stream())
        .flatMap(tensor -> TensorType.dtype(tensor.getDtype()).stream())
        .anyMatch(TensorType::isCarried);
  }

  /** Whether an input of such a dtype can have a carrier. */
  static boolean canPrecede(NodeDef node) {
    return PLACEHOLDERS.contains(node.getOp());
  }

  /** Whether a node of a loaded graph carries another's values. */
  static boolean isCarrier(Operation node) {
    return node.name().startsWith(SCOPE);
  }

  private SignatureDef signature(SignatureDef signature) {
    SignatureDef.Builder result = signature.toBuilder();
    signature
        .getInputsMap()
        .forEach(
            (name, tensor) ->
                carried(tensor)
                    .flatMap(dtype -> before(tensor, dtype))
                    .ifPresent(carrier -> result.putInputs(name, named(tensor, carrier))));
    signature
        .getOutputsMap()
        .forEach(
            (name, tensor) ->
                carried(tensor)
                    .map(dtype -> after(tensor, dtype))
                    .ifPresent(carrier -> result.putOutputs(name, named(tensor, carrier))));
    return result.build();
  }

  /** The dtype that needs a carrier; empty if none is needed, or the graph says another dtype. */
  private Optional<DType> carried(TensorInfo tensor) {
    return TensorType.dtype(tensor.getDtype())
        .filter(TensorType::isCarried)
        .filter(dtype -> nodes.containsKey(SignatureReader.node(tensor.getName())))
        .filter(dtype -> inGraph(tensor.getName()).equals(Optional.of(TensorType.dataType(dtype))));
  }

  /** What a tensor is in the graph; empty if its node has no such output. */
  private Optional<DataType> inGraph(String tensor) {
    return Optional.ofNullable(typed.operation(SignatureReader.node(tensor)))
        .filter(node -> SignatureReader.index(tensor) < node.numOutputs())
        .map(node -> TensorType.value(node.output(SignatureReader.index(tensor)).dataType()));
  }

  private NodeDef node(TensorInfo tensor) {
    return graph.getNode(index(SignatureReader.node(tensor.getName())));
  }

  private int index(String node) {
    return Objects.requireNonNull(nodes.get(node), node);
  }

  private static TensorInfo named(TensorInfo tensor, String name) {
    return tensor.toBuilder().setName(name + ":0").build();
  }

  /** A placeholder that stands before another, which becomes a cast. */
  private Optional<String> before(TensorInfo tensor, DType dtype) {
    NodeDef placeholder = node(tensor);
    String name = SCOPE + placeholder.getName();
    if (!nodes.containsKey(name)) {
      if (!canPrecede(placeholder)) {
        return Optional.empty();
      }
      NodeDef.Builder carrier =
          placeholder.toBuilder().setName(name).putAttr("dtype", type(TensorType.carrier(dtype)));
      NodeDef cast =
          bitcast(name, TensorType.carrier(dtype), TensorType.dataType(dtype))
              .setName(placeholder.getName())
              .setDevice(placeholder.getDevice())
              .build();
      graph.setNode(index(placeholder.getName()), cast);
      add(carrier.build());
    }
    return Optional.of(name);
  }

  private String after(TensorInfo tensor, DType dtype) {
    String name = SCOPE + tensor.getName().replace(':', '/');
    if (!nodes.containsKey(name)) {
      NodeDef.Builder cast =
          bitcast(tensor.getName(), TensorType.dataType(dtype), TensorType.carrier(dtype))
              .setName(name)
              .setDevice(node(tensor).getDevice());
      SignatureReader.shapeInGraph(tensor, node(tensor))
          .ifPresent(shape -> cast.putAttr(SignatureReader.SHAPES, shapes(shape)));
      add(cast.build());
    }
    return name;
  }

  private void add(NodeDef node) {
    nodes.put(node.getName(), graph.getNodeCount());
    graph.addNode(node);
  }

  private static NodeDef.Builder bitcast(String input, DataType from, DataType to) {
    return NodeDef.newBuilder()
        .setOp("Bitcast")
        .addInput(input)
        .putAttr("T", type(from))
        .putAttr("type", type(to));
  }

  private static AttrValue shapes(TensorShapeProto shape) {
    return AttrValue.newBuilder().setList(AttrValue.ListValue.newBuilder().addShape(shape)).build();
  }

  private static AttrValue type(DataType type) {
    return AttrValue.newBuilder().setType(type).build();
  }
}

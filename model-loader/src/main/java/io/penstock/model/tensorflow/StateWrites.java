package io.penstock.model.tensorflow;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;

/**
 * Finds the signatures whose outputs cannot be computed without writing variables or tables: it
 * walks from the outputs against the direction of the data, through functions that are called.
 */
final class StateWrites {

  /** From {@code state_ops.cc}, {@code resource_variable_ops.cc} and their like. */
  private static final Pattern WRITING =
      Pattern.compile(
          "Assign\\w*|Apply[A-Z]\\w*|Scatter(Add|Div|Max|Min|Mul|Sub|Update|NdAdd|NdSub|NdUpdate)"
              + "|Resource(Apply|Scatter)\\w*|(Resource)?CountUpTo"
              + "|LookupTable(Insert|Remove)\\w*");

  private final Map<String, NodeDef> nodes = new HashMap<>();
  private final Map<String, FunctionDef> functions = new HashMap<>();

  StateWrites(GraphDef graph) {
    graph.getNodeList().forEach(node -> nodes.put(node.getName(), node));
    graph
        .getLibrary()
        .getFunctionList()
        .forEach(function -> functions.put(function.getSignature().getName(), function));
  }

  /** Whether a run of the signature writes. */
  boolean in(SignatureDef signature) {
    Deque<NodeDef> left = new ArrayDeque<>();
    Set<String> seen = new HashSet<>();
    signature.getOutputsMap().values().stream()
        .map(TensorInfo::getName)
        .forEach(tensor -> visit(tensor, left, seen));
    while (!left.isEmpty()) {
      NodeDef node = left.pop();
      if (writes(node, seen)) {
        return true;
      }
      node.getInputList().forEach(tensor -> visit(tensor, left, seen));
    }
    return false;
  }

  /** A tensor is {@code node:output}, a control dependency {@code ^node}. */
  private void visit(String tensor, Deque<NodeDef> left, Set<String> seen) {
    String name = tensor.replaceFirst("^\\^", "").replaceFirst(":\\d+$", "");
    NodeDef node = nodes.get(name);
    if (node != null && seen.add(name)) {
      left.push(node);
    }
  }

  private boolean writes(NodeDef node, Set<String> seen) {
    return WRITING.matcher(node.getOp()).matches()
        || calls(node)
            .filter(name -> seen.add("function " + name))
            .flatMap(name -> Stream.ofNullable(functions.get(name)))
            .flatMap(function -> function.getNodeDefList().stream())
            .anyMatch(inner -> writes(inner, seen));
  }

  private static Stream<String> calls(NodeDef node) {
    Stream<String> attributes =
        node.getAttrMap().values().stream()
            .flatMap(
                attribute ->
                    Stream.concat(
                        attribute.hasFunc() ? Stream.of(attribute.getFunc()) : Stream.of(),
                        attribute.getList().getFuncList().stream()))
            .map(function -> function.getName());
    return Stream.concat(Stream.of(node.getOp()), attributes);
  }
}

package io.penstock.codec.avro.plan;

import io.penstock.codec.InputBinding;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The fields that a mapping needs, as a tree of path segments: what a walk over a writer's schema
 * looks for at each record.
 */
final class FieldTree {

  private final Map<String, FieldTree> children = new LinkedHashMap<>();
  private final List<Leaf> leaves = new ArrayList<>();

  /** The tree of all paths of these bindings. */
  static FieldTree of(List<InputBinding> bindings, int schemaId) {
    FieldTree root = new FieldTree();
    for (InputBinding binding : bindings) {
      for (int i = 0; i < binding.paths().size(); i++) {
        String path = binding.paths().get(i);
        FieldTree node = root;
        for (String segment : path.split("\\.", -1)) {
          node = node.children.computeIfAbsent(segment, s -> new FieldTree());
        }
        node.leaves.add(new Leaf(binding, i, new FieldTarget(path, binding.input(), schemaId)));
      }
    }
    return root;
  }

  /** What lies below, by path segment. */
  Map<String, FieldTree> children() {
    return children;
  }

  /** The inputs that the field itself feeds. */
  List<Leaf> leaves() {
    return leaves;
  }

  /** Any of the inputs that the field or a field below it feeds. */
  Leaf any() {
    return leaves.isEmpty() ? children.values().iterator().next().any() : leaves.get(0);
  }

  /** A field that feeds an element of an input, or the whole of it. */
  record Leaf(InputBinding binding, int index, FieldTarget target) {}
}

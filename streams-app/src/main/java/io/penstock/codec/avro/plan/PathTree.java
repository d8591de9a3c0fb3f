package io.penstock.codec.avro.plan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Paths of fields as a tree of their segments: what a walk over a writer's schema looks for at each
 * record.
 *
 * @param <L> what a field is looked for
 */
final class PathTree<L> {

  private final Map<String, PathTree<L>> children = new LinkedHashMap<>();
  private final List<L> leaves = new ArrayList<>();

  /** Adds what the field of that path is looked for: segments with dots between them. */
  void add(String path, L leaf) {
    PathTree<L> node = this;
    for (String segment : path.split("\\.", -1)) {
      node = node.children.computeIfAbsent(segment, s -> new PathTree<>());
    }
    node.leaves.add(leaf);
  }

  /** What lies below, by path segment. */
  Map<String, PathTree<L>> children() {
    return children;
  }

  /** What the field itself is looked for. */
  List<L> leaves() {
    return leaves;
  }

  /** Anything that the field or a field below it is looked for. */
  L any() {
    return leaves.isEmpty() ? children.values().iterator().next().any() : leaves.get(0);
  }

  /** All that the field or a field below it is looked for. */
  List<L> all() {
    List<L> all = new ArrayList<>(leaves);
    children.values().forEach(child -> all.addAll(child.all()));
    return all;
  }
}

package io.penstock.codec.avro.plan;

import io.penstock.codec.InputBinding;
import io.penstock.codec.UndecodableRecordException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.avro.Schema;
import org.apache.avro.Schema.Field;

/**
 * Compiles a writer's schema and a mapping into steps: fields that an input needs are read, the
 * others are skipped. A value that no input can take is a refusal at its place, within a union just
 * in its branch.
 */
final class PlanCompiler {

  private final SkipCompiler skips = new SkipCompiler();
  private final List<Step> beforehand = new ArrayList<>();

  /** A field that feeds an element of an input, or the whole of it. */
  private record Leaf(InputBinding binding, int index, FieldTarget target) {}

  /**
   * The steps over a record of that schema.
   *
   * @throws UndecodableRecordException if no record of that schema can fit
   */
  Step compile(int schemaId, Schema writer, List<InputBinding> bindings) {
    for (InputBinding binding : bindings) {
      if (binding.isStacked() && !binding.input().isFixedSize()) {
        beforehand.add(new Step.Reshape(binding.column(), new int[] {binding.paths().size()}));
      } else if (binding.isConstant()) {
        beforehand.add(new Step.FallBack(binding, 0));
      }
    }
    PathTree<Leaf> needed = needed(bindings, schemaId);
    Step record = needed.children().isEmpty() ? skips.of(writer) : below(writer, needed);
    List<Step> steps = new ArrayList<>(beforehand);
    steps.add(record);
    return inOrder(steps);
  }

  private static PathTree<Leaf> needed(List<InputBinding> bindings, int schemaId) {
    PathTree<Leaf> needed = new PathTree<>();
    for (InputBinding binding : bindings) {
      for (int i = 0; i < binding.paths().size(); i++) {
        String path = binding.paths().get(i);
        needed.add(path, new Leaf(binding, i, new FieldTarget(path, binding.input(), schemaId)));
      }
    }
    return needed;
  }

  /** A field that feeds inputs itself, or has fields below that do. */
  private Step value(Schema schema, PathTree<Leaf> node) {
    List<Step> steps = new ArrayList<>();
    if (!node.children().isEmpty()) {
      steps.add(below(schema, node));
    }
    for (Leaf leaf : node.leaves()) {
      steps.add(fill(schema, leaf));
    }
    return steps.size() == 1 ? steps.get(0) : new Step.Repeat(steps);
  }

  private Step below(Schema schema, PathTree<Leaf> node) {
    return switch (schema.getType()) {
      case RECORD -> record(schema, node);
      case MAP -> map(schema, node);
      case NULL -> absent(node, FieldTarget::isNull);
      case UNION ->
          new Step.Branch(schema.getTypes().stream().map(branch -> branch(branch, node)).toList());
      default ->
          throw node.any()
              .target()
              .mismatch("is not in reach: " + schema.getFullName() + " is neither record nor map");
    };
  }

  private Step branch(Schema branch, PathTree<Leaf> node) {
    try {
      return below(branch, node);
    } catch (UndecodableRecordException e) {
      return new Step.Refuse(e);
    }
  }

  private Step record(Schema schema, PathTree<Leaf> node) {
    List<Step> steps = new ArrayList<>();
    node.children()
        .forEach(
            (name, child) -> {
              if (schema.getFields().stream().noneMatch(field -> isNamed(schema, field, name))) {
                steps.add(
                    absent(
                        child, target -> target.mismatch("is missing: " + contents(schema, name))));
              }
            });
    List<Field> unused = new ArrayList<>();
    for (Field field : schema.getFields()) {
      List<Step> uses = uses(schema, field, node);
      if (uses.isEmpty()) {
        unused.add(field);
        continue;
      }
      skip(unused, steps);
      steps.add(uses.size() == 1 ? uses.get(0) : new Step.Repeat(uses));
    }
    skip(unused, steps);
    return inOrder(steps);
  }

  private Step map(Schema schema, PathTree<Leaf> node) {
    List<Step.Entries.Entry> entries = new ArrayList<>();
    node.children()
        .forEach(
            (key, child) ->
                entries.add(
                    new Step.Entries.Entry(
                        key.getBytes(StandardCharsets.UTF_8),
                        value(schema.getValueType(), child),
                        orRefuse(
                            child,
                            target -> target.mismatch("is missing: the map has no key " + key)))));
    return new Step.Entries(entries, skips.of(schema.getValueType()));
  }

  /** The same at its place in the record, where the schema alone does not say it. */
  private static Step orRefuse(
      PathTree<Leaf> node, Function<FieldTarget, UndecodableRecordException> refusal) {
    try {
      return absent(node, refusal);
    } catch (UndecodableRecordException e) {
      return new Step.Refuse(e);
    }
  }

  /** What a field that is not there leaves to do; refuses where something has to be there. */
  private static Step absent(
      PathTree<Leaf> node, Function<FieldTarget, UndecodableRecordException> refusal) {
    List<Step> steps = new ArrayList<>();
    for (Leaf leaf : node.all()) {
      if (leaf.binding().fallback() == null) {
        throw refusal.apply(leaf.target());
      }
      steps.add(new Step.FallBack(leaf.binding(), leaf.index()));
    }
    return inOrder(steps);
  }

  private List<Step> uses(Schema record, Field field, PathTree<Leaf> node) {
    List<Step> uses = new ArrayList<>();
    for (Map.Entry<String, PathTree<Leaf>> child : node.children().entrySet()) {
      if (isNamed(record, field, child.getKey())) {
        uses.add(value(field.schema(), child.getValue()));
      }
    }
    return uses;
  }

  private void skip(List<Field> unused, List<Step> steps) {
    if (!unused.isEmpty()) {
      steps.add(skips.of(unused));
      unused.clear();
    }
  }

  private Step fill(Schema schema, Leaf leaf) {
    InputBinding binding = leaf.binding();
    ReaderCompiler compiler = new ReaderCompiler(leaf.target(), binding);
    if (binding.isStacked()) {
      return new Step.Fill(compiler.element(schema), binding.column(), leaf.index());
    }
    ValueReader reader = compiler.row(schema);
    if (binding.input().isFixedSize()) {
      return new Step.Fill(reader, binding.column(), 0);
    }
    if (compiler.isSingle(schema)) {
      beforehand.add(new Step.Reshape(binding.column(), binding.shapeOfOne()));
      return new Step.Fill(reader, binding.column(), 0);
    }
    int[] declared =
        binding.input().rowShape().stream().mapToInt(d -> (int) Math.max(-1, d)).toArray();
    return new Step.MeasureAndFill(reader, binding.column(), declared);
  }

  /**
   * Whether a path's segment means that field: by its name, or by an alias that is nobody's name.
   */
  static boolean isNamed(Schema record, Field field, String segment) {
    return field.name().equals(segment)
        || (field.aliases().contains(segment) && record.getField(segment) == null);
  }

  private static Step inOrder(List<Step> steps) {
    return steps.size() == 1 ? steps.get(0) : new Step.Sequence(steps);
  }

  private static String contents(Schema record, String name) {
    return record.getFullName()
        + " has no field "
        + name
        + " (expected: one of "
        + record.getFields().stream().map(Field::name).toList()
        + ")";
  }
}

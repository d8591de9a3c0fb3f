package io.penstock.codec.avro.plan;

import io.penstock.codec.InputBinding;
import io.penstock.codec.UndecodableRecordException;
import io.penstock.codec.avro.plan.FieldTree.Leaf;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.Schema.Field;

/**
 * Compiles a writer's schema and a mapping into steps: fields that an input needs are read, the
 * others are skipped. A value that no input can take is a refusal at its place, within a union just
 * in its branch.
 */
final class PlanCompiler {

  private final SkipCompiler skips = new SkipCompiler();
  private final List<Step> reshapes = new ArrayList<>();

  /**
   * The steps over a record of that schema.
   *
   * @throws UndecodableRecordException if no record of that schema can fit
   */
  Step compile(int schemaId, Schema writer, List<InputBinding> bindings) {
    for (InputBinding binding : bindings) {
      if (binding.isStacked() && !binding.input().isFixedSize()) {
        reshapes.add(new Step.Reshape(binding.column(), new int[] {binding.paths().size()}));
      }
    }
    Step record = below(writer, FieldTree.of(bindings, schemaId));
    List<Step> steps = new ArrayList<>(reshapes);
    steps.add(record);
    return inOrder(steps);
  }

  /** A field that feeds inputs itself, or has fields below that do. */
  private Step value(Schema schema, FieldTree node) {
    List<Step> steps = new ArrayList<>();
    if (!node.children().isEmpty()) {
      steps.add(below(schema, node));
    }
    for (Leaf leaf : node.leaves()) {
      steps.add(fill(schema, leaf));
    }
    return steps.size() == 1 ? steps.get(0) : new Step.Repeat(steps);
  }

  private Step below(Schema schema, FieldTree node) {
    return switch (schema.getType()) {
      case RECORD -> record(schema, node);
      case NULL -> new Step.Refuse(node.any().target().isNull());
      case UNION ->
          new Step.Branch(schema.getTypes().stream().map(branch -> branch(branch, node)).toList());
      default ->
          throw node.any()
              .target()
              .mismatch("is not in reach: " + schema.getFullName() + " is no record");
    };
  }

  private Step branch(Schema branch, FieldTree node) {
    try {
      return below(branch, node);
    } catch (UndecodableRecordException e) {
      return new Step.Refuse(e);
    }
  }

  private Step record(Schema schema, FieldTree node) {
    node.children()
        .forEach(
            (name, child) -> {
              if (schema.getFields().stream().noneMatch(field -> isNamed(schema, field, name))) {
                throw child.any().target().mismatch("is missing: " + contents(schema, name));
              }
            });
    List<Step> steps = new ArrayList<>();
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

  private List<Step> uses(Schema record, Field field, FieldTree node) {
    List<Step> uses = new ArrayList<>();
    for (Map.Entry<String, FieldTree> child : node.children().entrySet()) {
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
    ReaderCompiler compiler = new ReaderCompiler(leaf.target());
    if (binding.isStacked()) {
      return new Step.Fill(compiler.element(schema), binding.column(), leaf.index());
    }
    ValueReader reader = compiler.row(schema);
    if (binding.input().isFixedSize()) {
      return new Step.Fill(reader, binding.column(), 0);
    }
    int[] declared =
        binding.input().rowShape().stream().mapToInt(d -> (int) Math.max(-1, d)).toArray();
    if (compiler.isSingle(schema)) {
      Arrays.fill(declared, 1);
      reshapes.add(new Step.Reshape(binding.column(), declared));
      return new Step.Fill(reader, binding.column(), 0);
    }
    return new Step.MeasureAndFill(reader, binding.column(), declared);
  }

  /**
   * Whether a path's segment means that field: by its name, or by an alias that is nobody's name.
   */
  private static boolean isNamed(Schema record, Field field, String segment) {
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

package io.penstock.codec.avro.plan;

import io.penstock.codec.CopyTarget;
import io.penstock.codec.avro.plan.CopyPlan.Capture;
import io.penstock.codec.avro.plan.CopyPlan.Found;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.Schema.Field;

/**
 * Compiles a writer's schema and the paths of copied fields into steps: fields that are copied are
 * captured, those before them are skipped.
 */
final class CopyCompiler {

  private final CopyTarget target;
  private final Found[] found;
  private final SkipCompiler skips = new SkipCompiler();
  private final PathTree<Integer> root = new PathTree<>();

  /**
   * @param found takes where each field lies, by its index
   */
  CopyCompiler(CopyTarget target, Found[] found) {
    this.target = target;
    this.found = found;
  }

  /** Adds a field by its index and path. */
  void add(int field, String path) {
    root.add(path, field);
  }

  /** The steps over a record of that schema. */
  Step compile(Schema writer) {
    return below(writer, root);
  }

  private Step value(Schema schema, PathTree<Integer> node) {
    List<Step> steps = new ArrayList<>();
    if (!node.children().isEmpty()) {
      steps.add(below(schema, node));
    }
    for (int field : node.leaves()) {
      steps.add(new Capture(schema, target.fromAvro(field, schema), found[field]));
    }
    return steps.size() == 1 ? steps.get(0) : new Step.Repeat(steps);
  }

  private Step below(Schema schema, PathTree<Integer> node) {
    return switch (schema.getType()) {
      case RECORD -> record(schema, node);
      case MAP -> map(schema, node);
      case UNION ->
          new Step.Branch(schema.getTypes().stream().map(branch -> below(branch, node)).toList());
      default -> skips.of(schema); // Nothing is below it: the fields are missing.
    };
  }

  private Step record(Schema schema, PathTree<Integer> node) {
    List<Step> steps = new ArrayList<>();
    List<Field> unused = new ArrayList<>();
    for (Field field : schema.getFields()) {
      List<Step> uses = new ArrayList<>();
      node.children()
          .forEach(
              (segment, child) -> {
                if (PlanCompiler.isNamed(schema, field, segment)) {
                  uses.add(value(field.schema(), child));
                }
              });
      if (uses.isEmpty()) {
        unused.add(field);
      } else {
        steps.add(skips.of(unused));
        unused.clear();
        steps.add(uses.size() == 1 ? uses.get(0) : new Step.Repeat(uses));
      }
    }
    if (node != root) {
      steps.add(skips.of(unused)); // Behind the last field of the whole record, nobody reads on.
    }
    return new Step.Sequence(steps);
  }

  private Step map(Schema schema, PathTree<Integer> node) {
    Skip unused = skips.of(schema.getValueType());
    Step nothing = new Step.Sequence(List.of());
    List<Step.Entries.Entry> entries = new ArrayList<>();
    node.children()
        .forEach(
            (key, child) ->
                entries.add(
                    new Step.Entries.Entry(
                        key.getBytes(StandardCharsets.UTF_8),
                        value(schema.getValueType(), child),
                        nothing)));
    return new Step.Entries(entries, unused);
  }
}

package io.penstock.draft;

import io.penstock.model.DType;
import io.penstock.model.TensorSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.apache.avro.Schema;

/**
 * Guesses which fields of a record feed a model's inputs: by the same name, whatever its case and
 * underscores, at any depth; else the only field left that has a fitting type. Immutable.
 */
public final class FieldProposals {

  private static final int MAX_DEPTH = 5;

  private final List<Leaf> leaves = new ArrayList<>();

  /**
   * A field that is no record.
   *
   * @param name its last name
   */
  private record Leaf(String path, String name, Schema schema) {}

  /** Guesses for records of that schema. */
  public FieldProposals(Schema schema) {
    collect("", schema, 0);
  }

  private void collect(String prefix, Schema schema, int depth) {
    Schema plain = withoutNull(schema);
    if (plain.getType() != Schema.Type.RECORD || depth == MAX_DEPTH) {
      return;
    }
    for (Schema.Field field : plain.getFields()) {
      String path = prefix + field.name();
      Schema type = withoutNull(field.schema());
      if (type.getType() == Schema.Type.RECORD) {
        collect(path + ".", type, depth + 1);
      } else {
        leaves.add(new Leaf(path, field.name(), type));
      }
    }
  }

  /** A guess for each input, in their order. */
  public List<FieldProposal> of(List<TensorSpec> inputs) {
    Set<String> used = new HashSet<>();
    List<Optional<Leaf>> named = new ArrayList<>();
    for (TensorSpec input : inputs) {
      Optional<Leaf> leaf = byName(input);
      leaf.ifPresent(it -> used.add(it.path()));
      named.add(leaf);
    }
    List<FieldProposal> proposals = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      TensorSpec input = inputs.get(i);
      proposals.add(
          named.get(i).map(leaf -> proposal(input, leaf, "")).orElseGet(() -> byType(input, used)));
    }
    return proposals;
  }

  private Optional<Leaf> byName(TensorSpec input) {
    Optional<Leaf> exact =
        leaves.stream().filter(leaf -> leaf.path().equals(input.name())).findFirst();
    if (exact.isPresent()) {
      return exact;
    }
    List<Leaf> alike =
        leaves.stream()
            .filter(leaf -> plain(leaf.name()).equals(plain(input.name())))
            .filter(leaf -> fits(leaf.schema(), input))
            .toList();
    return alike.size() == 1 ? Optional.of(alike.get(0)) : Optional.empty();
  }

  private FieldProposal byType(TensorSpec input, Set<String> used) {
    List<Leaf> fitting =
        leaves.stream()
            .filter(leaf -> !used.contains(leaf.path()))
            .filter(leaf -> fits(leaf.schema(), input))
            .toList();
    if (fitting.size() == 1) {
      used.add(fitting.get(0).path());
      return proposal(input, fitting.get(0), "the only field left that fits");
    }
    return new FieldProposal(
        input,
        input.name(),
        fitting.isEmpty()
            ? "no field fits: name one, or several scalars as a list"
            : "no field of that name: one of "
                + fitting.stream().map(Leaf::path).toList()
                + ", or several scalars as a list",
        false);
  }

  private static FieldProposal proposal(TensorSpec input, Leaf leaf, String remark) {
    return new FieldProposal(
        input, leaf.path(), remark, narrows(element(leaf.schema()), input.dtype()));
  }

  /** A float of more bits than the input's; an integer is looked at record by record. */
  private static boolean narrows(Schema element, DType into) {
    return switch (into) {
      case FLOAT32 -> element.getType() == Schema.Type.DOUBLE;
      case FLOAT16, BFLOAT16 ->
          element.getType() == Schema.Type.DOUBLE || element.getType() == Schema.Type.FLOAT;
      default -> false;
    };
  }

  private static Schema element(Schema schema) {
    return schema.getType() == Schema.Type.ARRAY
        ? element(withoutNull(schema.getElementType()))
        : schema;
  }

  /** Roughly: the check of the configuration knows better. */
  private static boolean fits(Schema schema, TensorSpec input) {
    boolean array = schema.getType() == Schema.Type.ARRAY;
    Schema element = element(schema);
    boolean text =
        switch (element.getType()) {
          case STRING, ENUM, BYTES -> true;
          default -> false;
        };
    boolean number =
        switch (element.getType()) {
          case INT, LONG, FLOAT, DOUBLE, BOOLEAN -> true;
          default -> false;
        };
    return array != input.rowShape().isEmpty() && (input.dtype() == DType.STRING ? text : number);
  }

  private static Schema withoutNull(Schema schema) {
    if (schema.getType() != Schema.Type.UNION) {
      return schema;
    }
    List<Schema> others =
        schema.getTypes().stream().filter(type -> type.getType() != Schema.Type.NULL).toList();
    return others.size() == 1 ? others.get(0) : schema;
  }

  private static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replace("_", "").replace("-", "");
  }
}

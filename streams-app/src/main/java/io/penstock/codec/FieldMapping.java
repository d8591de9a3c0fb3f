package io.penstock.codec;

import io.penstock.model.ModelSignature;
import io.penstock.model.TensorSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Which fields of a record feed which input of a signature. An input that is not configured takes
 * the field of its own name. Several paths for one input stack scalars, in that order; dots reach
 * fields of nested records: {@code {amount: [amount], v: [card.v1, card.v2]}}.
 */
public record FieldMapping(Map<String, List<String>> fields) {

  public FieldMapping {
    Map<String, List<String>> copy = new LinkedHashMap<>();
    fields.forEach(
        (input, paths) -> {
          if (paths.isEmpty()) {
            throw new MappingException(
                "fields." + input + " names no field (expected: one path or a list of paths)");
          }
          paths.forEach(path -> requirePath(input, path));
          copy.put(input, List.copyOf(paths));
        });
    fields = Map.copyOf(copy);
  }

  /** Every input takes the field of its own name. */
  public static FieldMapping byName() {
    return new FieldMapping(Map.of());
  }

  /**
   * The fields of each of a signature's inputs, in the signature's order.
   *
   * @throws MappingException if an input is configured that the signature lacks, or has more or
   *     fewer fields than elements
   */
  public List<InputBinding> bind(ModelSignature signature) {
    for (String input : new TreeSet<>(fields.keySet())) {
      if (signature.input(input).isEmpty()) {
        throw new MappingException(
            "fields."
                + input
                + " is no input of signature "
                + signature.name()
                + " (expected: one of "
                + signature.inputs()
                + ")");
      }
    }
    List<InputBinding> bindings = new ArrayList<>();
    for (int i = 0; i < signature.inputs().size(); i++) {
      TensorSpec input = signature.inputs().get(i);
      bindings.add(
          new InputBinding(i, input, fields.getOrDefault(input.name(), List.of(input.name()))));
    }
    return bindings;
  }

  private static void requirePath(String input, String path) {
    if (path.isEmpty() || path.startsWith(".") || path.endsWith(".") || path.contains("..")) {
      throw new MappingException(
          "fields." + input + ": " + path + " (expected: field names with single dots between)");
    }
  }
}

package io.penstock.codec;

import io.penstock.model.ModelSignature;
import io.penstock.model.TensorSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What of a record feeds which input of a signature. An input that is not configured takes the
 * field of its own name.
 *
 * @param fields input → paths. Several for one input stack scalars, in that order; dots reach
 *     fields of nested records: {@code {amount: [amount], v: [card.v1, card.v2]}}
 * @param narrowing inputs whose numbers may be rounded
 * @param defaults input → what stands in for a field that is missing or null, as text
 * @param constants input → its value, whatever is in the record, as text
 * @param where the place in the configuration that says so, for messages; empty where there is none
 */
public record FieldMapping(
    Map<String, List<String>> fields,
    Set<String> narrowing,
    Map<String, String> defaults,
    Map<String, String> constants,
    String where) {

  public FieldMapping {
    Map<String, List<String>> copy = new LinkedHashMap<>();
    fields.forEach(
        (input, paths) -> {
          if (paths.isEmpty()) {
            throw new MappingException(
                "fields." + input + " names no field (expected: one path or a list of paths)");
          }
          paths.forEach(path -> requirePath("fields." + input, path));
          copy.put(input, List.copyOf(paths));
        });
    fields = Map.copyOf(copy);
    narrowing = Set.copyOf(narrowing);
    defaults = Map.copyOf(defaults);
    constants = Map.copyOf(constants);
    for (String input : new TreeSet<>(constants.keySet())) {
      if (fields.containsKey(input) || defaults.containsKey(input) || narrowing.contains(input)) {
        throw new MappingException(
            "constants.%s: %s (expected: neither fields, defaults nor casts for it)"
                .formatted(input, constants.get(input)));
      }
    }
  }

  /** A mapping that no configuration says. */
  public FieldMapping(
      Map<String, List<String>> fields,
      Set<String> narrowing,
      Map<String, String> defaults,
      Map<String, String> constants) {
    this(fields, narrowing, defaults, constants, "");
  }

  /** Fields that all have to be there, as they are. */
  public FieldMapping(Map<String, List<String>> fields) {
    this(fields, Set.of(), Map.of(), Map.of());
  }

  /** Every input takes the field of its own name. */
  public static FieldMapping byName() {
    return new FieldMapping(Map.of());
  }

  /** Whether every input takes the field of its own name, as it is. */
  public boolean isByName() {
    return fields.isEmpty() && narrowing.isEmpty() && defaults.isEmpty() && constants.isEmpty();
  }

  /**
   * What feeds each of a signature's inputs, in the signature's order.
   *
   * @throws MappingException if an input is configured that the signature lacks, has more or fewer
   *     fields than elements, or a value that is none of its dtype
   */
  public List<InputBinding> bind(ModelSignature signature) {
    try {
      return bound(signature);
    } catch (MappingException e) {
      throw where.isEmpty() ? e : new MappingException(e.getMessage() + " (" + where + ")");
    }
  }

  private List<InputBinding> bound(ModelSignature signature) {
    requireInputs("fields", fields.keySet(), signature);
    requireInputs("casts", narrowing, signature);
    requireInputs("defaults", defaults.keySet(), signature);
    requireInputs("constants", constants.keySet(), signature);
    List<InputBinding> bindings = new ArrayList<>();
    for (int i = 0; i < signature.inputs().size(); i++) {
      bindings.add(bind(i, signature.inputs().get(i)));
    }
    return bindings;
  }

  private InputBinding bind(int column, TensorSpec input) {
    String constant = constants.get(input.name());
    if (constant != null) {
      ConstantValue value = ConstantValue.of("constants." + input.name(), constant, input);
      return new InputBinding(column, input, List.of(), false, value);
    }
    return new InputBinding(
        column,
        input,
        fields.getOrDefault(input.name(), List.of(input.name())),
        narrowing.contains(input.name()),
        fallback(input));
  }

  private @Nullable ConstantValue fallback(TensorSpec input) {
    String text = defaults.get(input.name());
    return text == null ? null : ConstantValue.of("defaults." + input.name(), text, input);
  }

  private static void requireInputs(String key, Set<String> inputs, ModelSignature signature) {
    for (String input : new TreeSet<>(inputs)) {
      if (signature.input(input).isEmpty()) {
        throw new MappingException(
            key
                + "."
                + input
                + " is no input of signature "
                + signature.name()
                + " (expected: one of "
                + signature.inputs()
                + ")");
      }
    }
  }

  /**
   * What feeds each of a signature's inputs, for people: {@code x from [age, income], y = 0.5}.
   *
   * @throws MappingException as {@link #bind} does
   */
  public String describe(ModelSignature signature) {
    return bind(signature).stream().map(this::describe).collect(Collectors.joining(", "));
  }

  private String describe(InputBinding binding) {
    String name = binding.input().name();
    if (binding.isConstant()) {
      return name + " = " + constants.get(name);
    }
    return name
        + " from "
        + (binding.isStacked() ? binding.paths() : binding.paths().get(0))
        + (binding.fallback() == null ? "" : " or " + defaults.get(name))
        + (binding.narrows() ? ", narrowed" : "");
  }

  /** Fails where a path has empty segments. */
  static void requirePath(String key, String path) {
    if (path.isEmpty() || path.startsWith(".") || path.endsWith(".") || path.contains("..")) {
      throw new MappingException(
          key + ": " + path + " (expected: field names with single dots between)");
    }
  }
}

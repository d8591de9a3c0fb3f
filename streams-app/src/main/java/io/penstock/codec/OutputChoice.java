package io.penstock.codec;

import io.penstock.model.ModelSignature;
import io.penstock.model.TensorSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which of a signature's outputs predictions hold, and by which names; all by their own if none is
 * named.
 *
 * @param names output → name in the prediction
 */
public record OutputChoice(Map<String, String> names) {

  /** Every output by its own name. */
  public static final OutputChoice ALL = new OutputChoice(Map.of());

  public OutputChoice {
    names = Map.copyOf(names);
  }

  /**
   * A choice as configured: {@code score}, or {@code score as fraud_score}.
   *
   * @throws IllegalArgumentException if an output or a name is there twice
   */
  public static OutputChoice of(List<String> texts) {
    Map<String, String> names = new LinkedHashMap<>();
    for (String text : texts) {
      Renaming output = Renaming.of(text);
      if (names.containsKey(output.original()) || names.containsValue(output.name())) {
        throw new IllegalArgumentException(
            "outputs: " + texts + " (expected: every output and every name once)");
      }
      names.put(output.original(), output.name());
    }
    return new OutputChoice(names);
  }

  /**
   * The outputs that are chosen, sorted by their names in the prediction.
   *
   * @throws MappingException if the signature lacks one
   */
  public List<OutputBinding> bind(ModelSignature signature) {
    List<OutputBinding> bindings = new ArrayList<>();
    List<TensorSpec> outputs = signature.outputs();
    for (int i = 0; i < outputs.size(); i++) {
      TensorSpec output = outputs.get(i);
      String name = names.isEmpty() ? output.name() : names.get(output.name());
      if (name != null) {
        bindings.add(new OutputBinding(i, new TensorSpec(name, output.dtype(), output.shape())));
      }
    }
    if (bindings.size() < names.size()) {
      throw new MappingException(
          "outputs: %s (expected: outputs of signature %s: %s)"
              .formatted(names.keySet(), signature.name(), outputs));
    }
    bindings.sort(Comparator.comparing(binding -> binding.output().name()));
    return bindings;
  }
}

package io.penstock.batching.shape;

import io.penstock.codec.ConstantValue;
import io.penstock.codec.MappingException;
import io.penstock.model.ModelSignature;
import io.penstock.model.TensorSpec;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a pipeline's configuration says of inputs with open dimensions. Without padding, rows share
 * a batch only where their shapes are equal.
 *
 * @param padding input → the value that shorter rows are filled up with, as text
 * @param lengthBuckets in ascending order, the lengths that dimensions of padded inputs are filled
 *     up to; empty to fill up to the longest row of the batch. A longer row keeps its own length
 * @param cost how much a batch may cost; null for no limit
 */
public record VariableLengths(
    Map<String, String> padding, List<Integer> lengthBuckets, @Nullable Cost cost) {

  /** No padding, no buckets, no cost. */
  public static final VariableLengths NONE = new VariableLengths(Map.of(), List.of(), null);

  /**
   * The most elements of one input in a batch: rows × elements of the longest.
   *
   * @param input the input whose elements count, such as the one that holds tokens
   */
  public record Cost(String input, long max) {}

  public VariableLengths {
    padding = Map.copyOf(padding);
    lengthBuckets = List.copyOf(lengthBuckets);
  }

  /**
   * What follows for a signature.
   *
   * @param pipeline the pipeline's name, for messages
   * @throws MappingException if an input does not exist, has no open dimension, or its padding is
   *     no value of its dtype, naming key, input, dtype and shape
   */
  public RowShapes bind(String pipeline, ModelSignature signature) {
    String batch = "pipelines." + pipeline + ".batch.";
    Map<String, ConstantValue> values = new TreeMap<>();
    new TreeMap<>(padding)
        .forEach(
            (name, text) -> {
              String key = batch + "padding." + name;
              values.put(name, ConstantValue.of(key, text, openInput(key, name, signature)));
            });
    int costColumn = RowShapes.NONE;
    if (cost != null) {
      TensorSpec counted = openInput(batch + "cost.input", cost.input(), signature);
      costColumn = signature.inputs().indexOf(counted);
    }
    return new RowShapes(
        signature.inputs(),
        signature.inputs().stream().map(input -> values.get(input.name())).toList(),
        lengthBuckets.stream().mapToInt(Integer::intValue).toArray(),
        costColumn,
        cost == null ? Long.MAX_VALUE : cost.max());
  }

  private static TensorSpec openInput(String key, String name, ModelSignature signature) {
    TensorSpec input =
        signature
            .input(name)
            .orElseThrow(
                () ->
                    new MappingException(
                        "%s: %s is no input of signature %s (expected: one of %s)"
                            .formatted(key, name, signature.name(), signature.inputs())));
    if (input.isFixedSize()) {
      throw new MappingException(
          ("%s: input %s of signature %s has rows of fixed size (expected: an input with an open"
                  + " dimension, -1, behind the first)")
              .formatted(key, input, signature.name()));
    }
    return input;
  }
}

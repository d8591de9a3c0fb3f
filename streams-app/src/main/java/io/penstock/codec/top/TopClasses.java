package io.penstock.codec.top;

import io.penstock.codec.MappingException;
import io.penstock.model.DType;
import io.penstock.model.ModelSignature;
import io.penstock.model.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What stands in place of an output that has a score for every class: {@code classes} and {@code
 * scores} of the best, best first, named as TensorFlow's classification signatures do.
 *
 * @param output with one floating-point score for each class
 * @param count how many classes a prediction holds at most
 * @param labels the file with the classes' names, by its path in the version's folder; null where
 *     classes are known by their index
 */
public record TopClasses(String output, int count, @Nullable String labels) {

  /** The output with the classes. */
  static final String CLASSES = "classes";

  /** The output with their scores. */
  static final String SCORES = "scores";

  /**
   * The signature as predictions show it.
   *
   * @throws MappingException if the signature lacks the output, it has no row of scores, or another
   *     output has one of the two names
   */
  public ModelSignature of(ModelSignature signature) {
    TensorSpec scored = scored(signature);
    List<TensorSpec> outputs = new ArrayList<>(signature.outputs());
    outputs.remove(scored);
    for (TensorSpec other : outputs) {
      if (other.name().equals(CLASSES) || other.name().equals(SCORES)) {
        throw new MappingException(
            "output.top-classes: signature %s has an output %s of its own beside %s (expected: none that is called classes or scores)"
                .formatted(signature.name(), other, scored));
      }
    }
    outputs.add(column(CLASSES, labels == null ? DType.INT32 : DType.STRING));
    outputs.add(column(SCORES, scored.dtype()));
    return new ModelSignature(signature.name(), signature.inputs(), outputs);
  }

  private static TensorSpec column(String name, DType dtype) {
    return new TensorSpec(name, dtype, List.of(-1L, -1L));
  }

  /** The output with the scores. */
  TensorSpec scored(ModelSignature signature) {
    TensorSpec scored =
        signature.outputs().stream()
            .filter(candidate -> candidate.name().equals(output))
            .findFirst()
            .orElseThrow(
                () ->
                    new MappingException(
                        "output.top-classes.of: %s (expected: an output of signature %s: %s)"
                            .formatted(output, signature.name(), signature.outputs())));
    boolean isScores =
        switch (scored.dtype()) {
          case FLOAT16, BFLOAT16, FLOAT32, FLOAT64 -> scored.rowShape().size() == 1;
          default -> false;
        };
    if (!isScores) {
      throw new MappingException(
          "output.top-classes.of: %s (expected: an output with one floating-point score for each class, such as float32[-1,10])"
              .formatted(scored));
    }
    return scored;
  }
}

package io.penstock.codec;

import io.penstock.model.TensorSpec;
import java.util.List;

/**
 * One input of a signature and the paths of the fields that feed it.
 *
 * @param column the input's index in the signature and in {@code Rows}
 * @param paths one path for a whole value, or several for scalars that are stacked
 */
public record InputBinding(int column, TensorSpec input, List<String> paths) {

  public InputBinding {
    paths = List.copyOf(paths);
    if (paths.size() > 1 && !takes(input.rowShape(), paths.size())) {
      throw new MappingException(
          "fields."
              + input.name()
              + " lists "
              + paths.size()
              + " fields "
              + paths
              + " for input "
              + input
              + " (expected: as many fields as a row has elements)");
    }
  }

  /** Whether several scalars are stacked into this input. */
  public boolean isStacked() {
    return paths.size() > 1;
  }

  private static boolean takes(List<Long> rowShape, int elements) {
    if (rowShape.size() == 1 && rowShape.get(0) < 0) {
      return true;
    }
    return rowShape.stream().reduce(1L, (a, b) -> a < 0 || b < 0 ? -1 : a * b) == elements;
  }
}

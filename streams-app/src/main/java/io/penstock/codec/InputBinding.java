package io.penstock.codec;

import io.penstock.model.Column;
import io.penstock.model.TensorSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One input of a signature and what feeds it: the paths of fields, or a constant.
 *
 * @param column the input's index in the signature and in {@code Rows}
 * @param paths one path for a whole value, several for scalars that are stacked, none for a
 *     constant
 * @param narrows whether numbers may be rounded that the input's dtype does not hold exactly
 * @param fallback the constant, or what stands in for a field that is missing or null; null where
 *     there has to be one
 */
public record InputBinding(
    int column,
    TensorSpec input,
    List<String> paths,
    boolean narrows,
    @Nullable ConstantValue fallback) {

  public InputBinding {
    paths = List.copyOf(paths);
    if (paths.isEmpty() && fallback == null) {
      throw new IllegalArgumentException("input " + input + " has neither fields nor a constant");
    }
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

  /** Fields that all have to be there, as they are. */
  public InputBinding(int column, TensorSpec input, List<String> paths) {
    this(column, input, paths, false, null);
  }

  /** Whether several scalars are stacked into this input. */
  public boolean isStacked() {
    return paths.size() > 1;
  }

  /** Whether no field feeds it. */
  public boolean isConstant() {
    return paths.isEmpty();
  }

  /** The shape of a row that no field gives: one element along every open dimension. */
  public int[] shapeOfOne() {
    return input.rowShape().stream().mapToInt(d -> d < 0 ? 1 : Math.toIntExact(d)).toArray();
  }

  /**
   * Puts what stands in for the field of a path: an element where fields are stacked, else a row.
   *
   * @param path the path's index
   * @throws IllegalStateException if nothing stands in
   */
  public void fallBack(Column to, int row, int path) {
    if (fallback == null) {
      throw new IllegalStateException("nothing stands in for a field of input " + input);
    }
    if (isStacked()) {
      fallback.put(to, row, path);
      return;
    }
    if (!input.isFixedSize()) {
      FlatRow.makeRoom(to, shapeOfOne());
    }
    fallback.fill(to, row);
  }

  private static boolean takes(List<Long> rowShape, int elements) {
    if (rowShape.size() == 1 && rowShape.get(0) < 0) {
      return true;
    }
    return rowShape.stream().reduce(1L, (a, b) -> a < 0 || b < 0 ? -1 : a * b) == elements;
  }
}

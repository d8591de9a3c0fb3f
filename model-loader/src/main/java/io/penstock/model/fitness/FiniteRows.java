package io.penstock.model.fitness;

import io.penstock.model.HalfPrecision;
import io.penstock.model.ModelSignature;
import io.penstock.model.NumericColumn;
import io.penstock.model.Rows;
import io.penstock.model.TensorSpec;
import java.util.Optional;
import java.util.stream.IntStream;

/** Tells whether outputs are numbers at all, neither infinite nor NaN. */
final class FiniteRows {

  private FiniteRows() {}

  /** The first output of those rows that holds something else; empty if none does. */
  static Optional<TensorSpec> firstNot(ModelSignature signature, Rows outputs, int rows) {
    return IntStream.range(0, signature.outputs().size())
        .filter(
            i ->
                outputs.column(i) instanceof NumericColumn column
                    && !isFinite(column, rows * column.rowElements()))
        .mapToObj(signature.outputs()::get)
        .findFirst();
  }

  private static boolean isFinite(NumericColumn column, int elements) {
    IntStream offsets =
        IntStream.range(0, elements).map(element -> element * column.dtype().widthBytes());
    return switch (column.dtype()) {
      case FLOAT32 -> offsets.allMatch(offset -> Float.isFinite(column.floatAt(offset)));
      case FLOAT64 -> offsets.allMatch(offset -> Double.isFinite(column.doubleAt(offset)));
      case FLOAT16 ->
          offsets.allMatch(o -> Float.isFinite(HalfPrecision.fromFloat16(column.shortAt(o))));
      case BFLOAT16 ->
          offsets.allMatch(o -> Float.isFinite(HalfPrecision.fromBfloat16(column.shortAt(o))));
      default -> true;
    };
  }
}

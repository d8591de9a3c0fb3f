package io.penstock.model.fitness;

import io.penstock.model.Column;
import io.penstock.model.DType;
import io.penstock.model.NumericColumn;
import io.penstock.model.Rows;
import io.penstock.model.StringColumn;
import io.penstock.model.TensorSpec;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Invented inputs: all zero or all one; strings empty or short. Stateless. */
public final class SyntheticRows {

  /**
   * A text of one word that is a {@code tf.Example} without features as well: an unknown field of a
   * varint, number 15 (byte {@code x}), with the value 49 (byte {@code 1}).
   */
  private static final byte[] WORD = "x1".getBytes(StandardCharsets.UTF_8);

  private SyntheticRows() {}

  /**
   * Fills a batch.
   *
   * @param openLength the length of every dimension that the inputs leave open
   * @param value 0 or 1
   */
  static void fill(Rows inputs, List<TensorSpec> specs, int rows, int openLength, int value) {
    for (int i = 0; i < specs.size(); i++) {
      fill(inputs.column(i), specs.get(i), rows, openLength, value);
    }
  }

  /** A batch of zeros; dimensions that the inputs leave open have a length of one. */
  public static Rows zeros(List<TensorSpec> specs, int rows) {
    Rows inputs = Rows.of(specs);
    fill(inputs, specs, rows, 1, 0);
    return inputs;
  }

  private static void fill(Column column, TensorSpec spec, int rows, int openLength, int value) {
    int[] shape =
        spec.rowShape().stream()
            .mapToInt(dimension -> dimension < 0 ? openLength : Math.toIntExact(dimension))
            .toArray();
    column.reshape(shape, rows);
    if (column instanceof NumericColumn numbers) {
      byte[] element = value == 0 ? new byte[spec.dtype().widthBytes()] : one(spec.dtype());
      byte[] bytes = numbers.bytes();
      for (int i = 0; i < rows * numbers.rowBytes(); i++) {
        bytes[i] = element[i % element.length];
      }
    } else if (column instanceof StringColumn strings) {
      for (int i = 0; i < rows * strings.rowElements(); i++) {
        strings.set(
            i / strings.rowElements(),
            i % strings.rowElements(),
            value == 0 ? new byte[0] : WORD.clone());
      }
    }
  }

  /** The number 1, little-endian. */
  private static byte[] one(DType dtype) {
    byte[] bytes = new byte[dtype.widthBytes()];
    switch (dtype) {
      case FLOAT16 -> bytes[1] = 0x3C;
      case BFLOAT16, FLOAT32 -> putHighBytes(bytes, 0x3F, 0x80);
      case FLOAT64 -> putHighBytes(bytes, 0x3F, 0xF0);
      default -> bytes[0] = 1;
    }
    return bytes;
  }

  private static void putHighBytes(byte[] bytes, int highest, int next) {
    bytes[bytes.length - 1] = (byte) highest;
    bytes[bytes.length - 2] = (byte) next;
  }
}

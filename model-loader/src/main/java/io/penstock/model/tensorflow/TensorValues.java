package io.penstock.model.tensorflow;

import com.google.protobuf.ByteString;
import io.penstock.model.Column;
import io.penstock.model.DType;
import io.penstock.model.NumericColumn;
import io.penstock.model.StringColumn;
import io.penstock.model.TensorSpec;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/**
 * The values of a {@code TensorProto}, by the rules of {@code tensorflow/core/framework/
 * tensor.proto}: either all of them as bytes, or listed in the field of their dtype, the last one
 * standing for all that are missing. Stateless.
 */
final class TensorValues {

  private TensorValues() {}

  /** The shape, batch dimension first; a scalar is a batch of one. */
  private static long[] shape(TensorProto tensor) {
    if (tensor.getTensorShape().getDimCount() == 0) {
      return new long[] {1};
    }
    return tensor.getTensorShape().getDimList().stream()
        .mapToLong(TensorShapeProto.Dim::getSize)
        .toArray();
  }

  /**
   * Fills a column.
   *
   * @throws IllegalArgumentException if the tensor is not as the signature says; the message begins
   *     with the input
   */
  static void copy(TensorProto tensor, TensorSpec spec, Column column) {
    long[] shape = shape(tensor);
    if (tensor.getDtype() != TensorType.dataType(spec.dtype())
        || !TensorCopy.fits(shape, spec.shape())) {
      throw refused(
          spec,
          "%s%s (expected: as the signature says)"
              .formatted(tensor.getDtype(), Arrays.toString(shape)));
    }
    int rows = Math.toIntExact(shape[0]);
    column.reshape(TensorCopy.rowShape(shape), rows);
    int elements = Math.multiplyExact(rows, column.rowElements());
    if (column instanceof StringColumn strings) {
      copyStrings(tensor, spec, strings, elements);
    } else if (!tensor.getTensorContent().isEmpty()) {
      copyContent(tensor, spec, (NumericColumn) column, elements);
    } else {
      copyList(tensor, spec, (NumericColumn) column, elements);
    }
  }

  private static void copyStrings(
      TensorProto tensor, TensorSpec spec, StringColumn column, int elements) {
    if (!tensor.getTensorContent().isEmpty()) {
      throw refused(spec, "strings in tensor_content (expected: in string_val)");
    }
    List<ByteString> values = tensor.getStringValList();
    int width = column.rowElements();
    forEach(
        elements,
        values.size(),
        spec,
        i -> column.set(i / width, i % width, values.get(last(i, values.size())).toByteArray()));
  }

  private static void copyContent(
      TensorProto tensor, TensorSpec spec, NumericColumn column, int elements) {
    ByteString content = tensor.getTensorContent();
    if (content.size() != elements * spec.dtype().widthBytes()) {
      throw refused(
          spec,
          "tensor_content of %d bytes (expected: %d)"
              .formatted(content.size(), elements * spec.dtype().widthBytes()));
    }
    content.copyTo(column.bytes(), 0);
  }

  private static void copyList(
      TensorProto tensor, TensorSpec spec, NumericColumn column, int elements) {
    int width = spec.dtype().widthBytes();
    switch (spec.dtype()) {
      case FLOAT32 -> {
        int n = tensor.getFloatValCount();
        forEach(elements, n, spec, i -> column.putFloat(i * width, tensor.getFloatVal(last(i, n))));
      }
      case FLOAT64 -> {
        int n = tensor.getDoubleValCount();
        forEach(
            elements, n, spec, i -> column.putDouble(i * width, tensor.getDoubleVal(last(i, n))));
      }
      case FLOAT16, BFLOAT16 -> {
        int n = tensor.getHalfValCount();
        forEach(
            elements,
            n,
            spec,
            i -> column.putShort(i * width, (short) tensor.getHalfVal(last(i, n))));
      }
      case INT64 -> {
        int n = tensor.getInt64ValCount();
        forEach(elements, n, spec, i -> column.putLong(i * width, tensor.getInt64Val(last(i, n))));
      }
      case UINT32 -> {
        int n = tensor.getUint32ValCount();
        forEach(elements, n, spec, i -> column.putInt(i * width, tensor.getUint32Val(last(i, n))));
      }
      case UINT64 -> {
        int n = tensor.getUint64ValCount();
        forEach(elements, n, spec, i -> column.putLong(i * width, tensor.getUint64Val(last(i, n))));
      }
      case BOOL -> {
        int n = tensor.getBoolValCount();
        forEach(
            elements,
            n,
            spec,
            i -> column.bytes()[i] = (byte) (tensor.getBoolVal(last(i, n)) ? 1 : 0));
      }
      default -> {
        int n = tensor.getIntValCount();
        forEach(
            elements, n, spec, i -> putInt(column, spec.dtype(), i, tensor.getIntVal(last(i, n))));
      }
    }
  }

  private static void putInt(NumericColumn column, DType dtype, int element, int value) {
    switch (dtype.widthBytes()) {
      case Byte.BYTES -> column.bytes()[element] = (byte) value;
      case Short.BYTES -> column.putShort(element * Short.BYTES, (short) value);
      default -> column.putInt(element * Integer.BYTES, value);
    }
  }

  private static void forEach(int elements, int values, TensorSpec spec, IntConsumer copy) {
    if (elements > 0 && values == 0) {
      throw refused(spec, "no values (expected: %d)".formatted(elements));
    }
    for (int i = 0; i < elements; i++) {
      copy.accept(i);
    }
  }

  private static int last(int element, int values) {
    return Math.min(element, values - 1);
  }

  private static IllegalArgumentException refused(TensorSpec spec, String what) {
    return new IllegalArgumentException("input " + spec + ": " + what);
  }
}

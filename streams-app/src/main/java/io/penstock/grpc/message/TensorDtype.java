package io.penstock.grpc.message;

import io.penstock.codec.wire.WireCursor;
import io.penstock.model.DType;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * How {@code tensorflow.TensorProto} has values of a dtype: the number of its {@code DataType}, and
 * the field that lists them.
 */
enum TensorDtype {
  FLOAT32(1, 5, WireCursor.FIXED32),
  FLOAT64(2, 6, WireCursor.FIXED64),
  INT32(3, 7, WireCursor.VARINT),
  UINT8(4, 7, WireCursor.VARINT),
  INT16(5, 7, WireCursor.VARINT),
  INT8(6, 7, WireCursor.VARINT),
  STRING(7, 8, WireCursor.DELIMITED),
  INT64(9, 10, WireCursor.VARINT),
  BOOL(10, 11, WireCursor.VARINT),
  BFLOAT16(14, 13, WireCursor.VARINT),
  UINT16(17, 7, WireCursor.VARINT),
  FLOAT16(19, 13, WireCursor.VARINT),
  UINT32(22, 16, WireCursor.VARINT),
  UINT64(23, 17, WireCursor.VARINT);

  private static final Map<DType, TensorDtype> BY_DTYPE =
      Arrays.stream(values())
          .collect(Collectors.toMap(each -> DType.valueOf(each.name()), each -> each));

  private final int number;
  private final int field;
  private final int wireType;

  TensorDtype(int number, int field, int wireType) {
    this.number = number;
    this.field = field;
    this.wireType = wireType;
  }

  static TensorDtype of(DType dtype) {
    return Objects.requireNonNull(BY_DTYPE.get(dtype));
  }

  /** A dtype's name by its number, for messages: also of one that cannot be run. */
  static String nameOf(long number) {
    return Arrays.stream(values())
        .filter(each -> each.number == number)
        .map(each -> DType.valueOf(each.name()).toString())
        .findFirst()
        .orElse("DataType " + number);
  }

  /** The number of the {@code DataType}. */
  int number() {
    return number;
  }

  /** The number of the field with its values. */
  int field() {
    return field;
  }

  /** How each of them is written. */
  int wireType() {
    return wireType;
  }

  /** The tag of one value that stands alone. */
  int single() {
    return WireCursor.tag(field, wireType);
  }

  /** The tag of values that are packed; of strings, of one. */
  int packed() {
    return WireCursor.tag(field, WireCursor.DELIMITED);
  }
}

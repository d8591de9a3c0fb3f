package io.penstock.model.tensorflow;

import io.penstock.model.DType;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;
import org.tensorflow.types.TUint16;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TType;

/**
 * The dtypes that can be run, by TensorFlow's number and TensorFlow Java's tensor type. TensorFlow
 * Java 1.1 has no tensor for {@code int8}, {@code int16}, {@code uint32} and {@code uint64}:
 * tensors of another dtype of that width carry their bits ({@link BitCarriers}).
 */
enum TensorType {
  FLOAT32(DType.FLOAT32, DataType.DT_FLOAT, TFloat32.class),
  FLOAT64(DType.FLOAT64, DataType.DT_DOUBLE, TFloat64.class),
  FLOAT16(DType.FLOAT16, DataType.DT_HALF, TFloat16.class),
  BFLOAT16(DType.BFLOAT16, DataType.DT_BFLOAT16, TBfloat16.class),
  INT32(DType.INT32, DataType.DT_INT32, TInt32.class),
  INT64(DType.INT64, DataType.DT_INT64, TInt64.class),
  UINT8(DType.UINT8, DataType.DT_UINT8, TUint8.class),
  UINT16(DType.UINT16, DataType.DT_UINT16, TUint16.class),
  INT8(DType.INT8, DataType.DT_INT8, UINT8),
  INT16(DType.INT16, DataType.DT_INT16, UINT16),
  UINT32(DType.UINT32, DataType.DT_UINT32, INT32),
  UINT64(DType.UINT64, DataType.DT_UINT64, INT64),
  BOOL(DType.BOOL, DataType.DT_BOOL, TBool.class),
  STRING(DType.STRING, DataType.DT_STRING, TString.class);

  private static final Map<DType, TensorType> BY_DTYPE =
      Arrays.stream(values())
          .collect(
              Collectors.toMap(
                  type -> type.dtype,
                  type -> type,
                  (one, other) -> one,
                  () -> new EnumMap<>(DType.class)));

  private final DType dtype;
  private final DataType dataType;
  private final DataType carrier;
  private final Class<? extends TType> tensorType;

  TensorType(DType dtype, DataType dataType, Class<? extends TType> tensorType) {
    this.dtype = dtype;
    this.dataType = dataType;
    this.carrier = dataType;
    this.tensorType = tensorType;
  }

  TensorType(DType dtype, DataType dataType, TensorType carrier) {
    this.dtype = dtype;
    this.dataType = dataType;
    this.carrier = carrier.dataType;
    this.tensorType = carrier.tensorType;
  }

  /** From {@code tensorflow/core/framework/types.h}: {@code kDataTypeRefOffset}. */
  private static final int REFERENCE = 100;

  /** The dtype of that number, if it can be run; of a reference to a variable, the variable's. */
  static Optional<DType> dtype(DataType dataType) {
    DataType value = value(dataType);
    return Arrays.stream(values())
        .filter(type -> type.dataType == value)
        .map(type -> type.dtype)
        .findFirst();
  }

  /** The type of a tensor's values, which a reference to a variable has as well. */
  static DataType value(DataType dataType) {
    return dataType != DataType.UNRECOGNIZED && dataType.getNumber() > REFERENCE
        ? DataType.forNumber(dataType.getNumber() - REFERENCE)
        : dataType;
  }

  /** TensorFlow's number for a dtype that can be run. */
  static DataType dataType(DType dtype) {
    return of(dtype).dataType;
  }

  /** TensorFlow's number for what is fed and fetched of a dtype: another's, if that carries it. */
  static DataType carrier(DType dtype) {
    return of(dtype).carrier;
  }

  /** Whether another dtype carries this one. */
  static boolean isCarried(DType dtype) {
    return carrier(dtype) != dataType(dtype);
  }

  /** TensorFlow Java's type of the tensors that are fed and fetched of a dtype. */
  static Class<? extends TType> tensorType(DType dtype) {
    return of(dtype).tensorType;
  }

  /** A tensor's dtype, for people; also one that cannot be run. */
  static String nameOf(TensorInfo tensor) {
    return dtype(tensor.getDtype())
        .map(DType::toString)
        .orElseGet(
            () -> {
              String name = protoName(tensor);
              return name.startsWith("DT_") ? name.substring(3).toLowerCase(Locale.ROOT) : name;
            });
  }

  /**
   * A tensor's dtype by its name in TensorFlow's protocol buffers; its number, if the TensorFlow in
   * this process is older than the dtype.
   */
  static String protoName(TensorInfo tensor) {
    return tensor.getDtype() == DataType.UNRECOGNIZED
        ? "DataType " + tensor.getDtypeValue()
        : tensor.getDtype().name();
  }

  /** Their names, for a message. */
  static String names() {
    return Arrays.stream(values()).map(t -> t.dtype.toString()).collect(Collectors.joining(", "));
  }

  private static TensorType of(DType dtype) {
    return Objects.requireNonNull(BY_DTYPE.get(dtype), () -> "dtype that cannot be run: " + dtype);
  }
}

package io.penstock.http.openinference;

import io.penstock.model.DType;

/** A dtype by the protocol's name: {@code FP32}, {@code INT64}, {@code BYTES}. Stateless. */
final class Datatype {

  private Datatype() {}

  static String of(DType dtype) {
    return switch (dtype) {
      case FLOAT16 -> "FP16";
      case FLOAT32 -> "FP32";
      case FLOAT64 -> "FP64";
      case BFLOAT16 -> "BF16";
      case STRING -> "BYTES";
      default -> dtype.name();
    };
  }

  /** The same by the name in TensorFlow's protocol buffers: {@code DT_FLOAT}. */
  static String of(String declared) {
    return switch (declared) {
      case "DT_HALF" -> "FP16";
      case "DT_FLOAT" -> "FP32";
      case "DT_DOUBLE" -> "FP64";
      case "DT_BFLOAT16" -> "BF16";
      case "DT_STRING" -> "BYTES";
      default -> declared.replaceFirst("^DT_", "");
    };
  }
}

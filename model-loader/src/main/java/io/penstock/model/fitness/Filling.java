package io.penstock.model.fitness;

import com.fasterxml.jackson.databind.JsonNode;
import io.penstock.model.Column;
import io.penstock.model.DType;
import io.penstock.model.HalfPrecision;
import io.penstock.model.NumericColumn;
import io.penstock.model.StringColumn;
import io.penstock.model.TensorSpec;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Fills one row of a column from JSON, element after element. Not thread-safe. */
final class Filling {

  private final TensorSpec spec;
  private final Column column;
  private final int row;
  private int element;

  Filling(TensorSpec spec, Column column, int row) {
    this.spec = spec;
    this.column = column;
    this.row = row;
  }

  /**
   * Fills the row.
   *
   * @throws IllegalArgumentException if the value has another shape or type
   */
  void fill(JsonNode value) {
    fill(value, 0);
  }

  private void fill(JsonNode value, int dimension) {
    int[] shape = column.rowShape();
    if (dimension == shape.length) {
      put(value);
      element++;
      return;
    }
    if (!value.isArray() || value.size() != shape[dimension]) {
      throw refused(
          value.isArray() ? value.size() + " values" : value.toString(),
          "an array of " + shape[dimension]);
    }
    for (JsonNode inner : value) {
      fill(inner, dimension + 1);
    }
  }

  private void put(JsonNode value) {
    switch (spec.dtype()) {
      case STRING -> ((StringColumn) column).set(row, element, string(value));
      case BOOL -> numbers().bytes()[offset()] = (byte) (bool(value) ? 1 : 0);
      case FLOAT32 -> numbers().putFloat(offset(), (float) number(value));
      case FLOAT64 -> numbers().putDouble(offset(), number(value));
      case FLOAT16 -> numbers().putShort(offset(), HalfPrecision.toFloat16(number(value)));
      case BFLOAT16 -> numbers().putShort(offset(), HalfPrecision.toBfloat16(number(value)));
      case INT8, UINT8 -> numbers().bytes()[offset()] = (byte) integer(value);
      case INT16, UINT16 -> numbers().putShort(offset(), (short) integer(value));
      case INT32, UINT32 -> numbers().putInt(offset(), (int) integer(value));
      case INT64, UINT64 -> numbers().putLong(offset(), integer(value));
    }
  }

  private byte[] string(JsonNode value) {
    if (value.isTextual()) {
      return value.textValue().getBytes(StandardCharsets.UTF_8);
    }
    JsonNode base64 = value.path(JsonRows.BASE64);
    if (value.size() != 1 || !base64.isTextual()) {
      throw refused(value.toString(), "a text, or {\"b64\": …}");
    }
    try {
      return Base64.getDecoder().decode(base64.textValue());
    } catch (IllegalArgumentException e) {
      throw refused(value.toString(), "base 64");
    }
  }

  private boolean bool(JsonNode value) {
    if (!value.isBoolean()) {
      throw refused(value.toString(), "true or false");
    }
    return value.booleanValue();
  }

  private double number(JsonNode value) {
    if (!value.isNumber()) {
      throw refused(value.toString(), "a number");
    }
    return value.doubleValue();
  }

  /** The bits of a whole number: those of a {@code uint64} above 2⁶³ are a negative long's. */
  private long integer(JsonNode value) {
    DType dtype = spec.dtype();
    int bits = dtype.widthBytes() * Byte.SIZE - (dtype.isUnsigned() ? 0 : 1);
    BigInteger end = BigInteger.ONE.shiftLeft(bits);
    BigInteger max = end.subtract(BigInteger.ONE);
    BigInteger min = dtype.isUnsigned() ? BigInteger.ZERO : end.negate();
    if (!value.isIntegralNumber()
        || value.bigIntegerValue().compareTo(min) < 0
        || value.bigIntegerValue().compareTo(max) > 0) {
      throw refused(value.toString(), "a whole number from " + min + " to " + max);
    }
    return value.bigIntegerValue().longValue();
  }

  private NumericColumn numbers() {
    return (NumericColumn) column;
  }

  private int offset() {
    return numbers().offset(row, element);
  }

  private IllegalArgumentException refused(String found, String expected) {
    return new IllegalArgumentException(
        "instance %d, %s, element %d: %s (expected: %s)"
            .formatted(row + 1, spec, element, found, expected));
  }
}

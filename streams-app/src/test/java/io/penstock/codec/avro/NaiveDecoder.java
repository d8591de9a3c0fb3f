package io.penstock.codec.avro;

import static java.util.Objects.requireNonNull;

import io.penstock.codec.DeadLetterReason;
import io.penstock.codec.InputBinding;
import io.penstock.model.DType;
import io.penstock.model.HalfPrecision;
import io.penstock.model.Rows;
import io.penstock.model.TensorSpec;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.Schema.Field;
import org.apache.avro.generic.GenericArray;
import org.apache.avro.generic.GenericEnumSymbol;
import org.apache.avro.generic.GenericFixed;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.util.Utf8;
import org.jspecify.annotations.Nullable;

/**
 * What a decode plan must do, said the slow way over generic records: an input's elements in their
 * order, its shape, and every reason there is to refuse the record.
 */
final class NaiveDecoder {

  private final InputBinding binding;
  private final List<Object> elements = new ArrayList<>();
  private final Set<DeadLetterReason> refusals = EnumSet.noneOf(DeadLetterReason.class);
  private boolean fellBack;
  private int precision;
  private int arrays;
  private int[] shape = new int[0];

  private NaiveDecoder(InputBinding binding) {
    this.binding = binding;
  }

  /** Decodes one input. */
  static NaiveDecoder decode(InputBinding binding, IndexedRecord record) {
    NaiveDecoder decoder = new NaiveDecoder(binding);
    if (binding.isConstant()) {
      decoder.fallBack();
    }
    for (String path : binding.paths()) {
      decoder.field(path, record);
    }
    decoder.checkShape();
    return decoder;
  }

  /** How many arrays a field's schema nests, at most, when an input of that dtype reads it. */
  static int arrays(Schema schema, DType dtype) {
    return switch (schema.getType()) {
      case ARRAY -> 1 + arrays(schema.getElementType(), dtype);
      case UNION -> schema.getTypes().stream().mapToInt(s -> arrays(s, dtype)).max().orElse(0);
      case BYTES, FIXED ->
          schema.getLogicalType() == null && (dtype == DType.UINT8 || dtype == DType.INT8) ? 1 : 0;
      default -> 0;
    };
  }

  /** The input's elements: Boolean, Byte to Double, or String for bytes. */
  List<Object> elements() {
    return elements;
  }

  /** Every reason why the record is refused; empty when it is not. */
  Set<DeadLetterReason> refusals() {
    return refusals;
  }

  /** The row's shape where dimensions are open. */
  int[] openShape() {
    List<Long> row = binding.input().rowShape();
    if (fellBack) {
      return binding.shapeOfOne();
    }
    if (arrays == 0) {
      int[] single = new int[row.size()];
      Arrays.fill(single, binding.paths().size());
      return single;
    }
    int[] open = new int[arrays];
    for (int i = 0; i < arrays; i++) {
      boolean declared = i < row.size() && row.get(i) >= 0;
      open[i] = declared ? Math.toIntExact(row.get(i)) : Math.max(0, shape[i] - 1);
    }
    return open;
  }

  private void field(String path, IndexedRecord record) {
    Object datum = record;
    Schema schema = record.getSchema();
    List<String> rest = List.of(path.split("\\.", -1));
    for (; !rest.isEmpty(); rest = rest.subList(1, rest.size())) {
      String segment = rest.get(0);
      if (datum == null) {
        absent(DeadLetterReason.NULL_FIELD);
        return;
      }
      if (datum instanceof Map<?, ?> map) {
        schema = branch(schema, Schema.Type.MAP).getValueType();
        if (!map.containsKey(new Utf8(segment))) {
          absent(DeadLetterReason.SCHEMA_MISMATCH);
          if (!canFitBelow(schema, rest.subList(1, rest.size()))) {
            refusals.add(DeadLetterReason.SCHEMA_MISMATCH); // Though it is not there.
          }
          arrays = 0;
          return;
        }
        datum = map.get(new Utf8(segment));
        continue;
      }
      if (!(datum instanceof IndexedRecord nested)) {
        refusals.add(DeadLetterReason.SCHEMA_MISMATCH);
        return;
      }
      Field field = find(nested.getSchema(), segment);
      if (field == null) {
        absent(DeadLetterReason.SCHEMA_MISMATCH);
        return;
      }
      datum = nested.get(field.pos());
      schema = field.schema();
    }
    precision = precision(schema);
    if (!binding.isStacked()) {
      arrays = arrays(schema, binding.input().dtype());
      shape = new int[arrays];
      if (!fitsRow()) {
        refusals.add(DeadLetterReason.SCHEMA_MISMATCH);
        return;
      }
    }
    if (datum == null && arrays > 0) {
      absent(DeadLetterReason.NULL_FIELD);
    } else {
      value(datum, 0);
    }
  }

  private static Schema branch(Schema schema, Schema.Type type) {
    return schema.isUnion()
        ? schema.getTypes().stream().filter(b -> b.getType() == type).findFirst().orElseThrow()
        : schema;
  }

  /** Whether the values of a map, of which none may be there, are not refused by their schema. */
  private boolean canFitBelow(Schema schema, List<String> rest) {
    if (rest.isEmpty()) {
      int found = arrays(schema, binding.input().dtype());
      precision = precision(schema);
      arrays = binding.isStacked() ? 0 : found;
      return (binding.isStacked() || fitsRow()) && canFit(schema, 0);
    }
    List<String> below = rest.subList(1, rest.size());
    return switch (schema.getType()) {
      case RECORD -> {
        Field field = find(schema, rest.get(0));
        yield field == null ? binding.fallback() != null : canFitBelow(field.schema(), below);
      }
      case MAP -> canFitBelow(schema.getValueType(), below);
      case UNION -> true;
      case NULL -> binding.fallback() != null;
      default -> false;
    };
  }

  /** Digits of the decimals in a schema, which are all alike. */
  private static int precision(Schema schema) {
    return switch (schema.getType()) {
      case ARRAY -> precision(schema.getElementType());
      case UNION -> schema.getTypes().stream().mapToInt(NaiveDecoder::precision).max().orElse(0);
      default ->
          schema.getLogicalType() instanceof LogicalTypes.Decimal decimal
              ? decimal.getPrecision()
              : 0;
    };
  }

  /** A field is not there: something stands in for an element or the row, or it is a refusal. */
  private void absent(DeadLetterReason reason) {
    if (binding.fallback() == null) {
      refusals.add(reason);
    } else if (binding.isStacked()) {
      elements.add(fallback());
    } else {
      fallBack();
    }
  }

  private void fallBack() {
    fellBack = true;
    int count = Arrays.stream(binding.shapeOfOne()).reduce(1, (a, b) -> a * b);
    elements.addAll(Collections.nCopies(count, fallback()));
  }

  /** What stands in, as the element that a column has. */
  private Object fallback() {
    Rows rows = Rows.of(List.of(new TensorSpec("f", binding.input().dtype(), List.of(-1L))), 1);
    requireNonNull(binding.fallback()).put(rows.column(0), 0, 0);
    return AvroDecodingPropertyTest.elements(rows.column(0), 0).get(0);
  }

  private boolean fitsRow() {
    List<Long> row = binding.input().rowShape();
    return arrays == row.size()
        || (arrays == 0 && row.stream().allMatch(dimension -> Math.abs(dimension) == 1))
        || (arrays == 1 && binding.input().isFixedSize());
  }

  private static @Nullable Field find(Schema schema, String segment) {
    Field named = schema.getField(segment);
    return named != null
        ? named
        : schema.getFields().stream()
            .filter(field -> field.aliases().contains(segment))
            .findFirst()
            .orElse(null);
  }

  private void value(@Nullable Object datum, int depth) {
    if (datum == null && depth == arrays && binding.fallback() != null) {
      elements.add(fallback());
    } else if (datum == null) {
      refusals.add(DeadLetterReason.NULL_FIELD);
    } else if (datum instanceof GenericArray<?> array && depth < arrays) {
      length(depth, array.size());
      if (!canFit(array.getSchema().getElementType(), depth + 1)) {
        refusals.add(DeadLetterReason.SCHEMA_MISMATCH); // Though it may be empty.
      }
      if (array.getSchema().getElementType().getType() == Schema.Type.NULL && !array.isEmpty()) {
        refusals.add(DeadLetterReason.NULL_FIELD); // Whose number no byte says.
      }
      array.forEach(item -> value(item, depth + 1));
    } else if (depth == arrays) {
      scalar(datum);
    } else {
      octets(datum, depth);
    }
  }

  private void octets(Object datum, int depth) {
    byte[] octets = bytes(datum);
    boolean isNothing = datum instanceof GenericFixed && octets != null && octets.length == 0;
    if (octets == null || isNothing || !isOctets() || depth != arrays - 1) {
      refusals.add(DeadLetterReason.SCHEMA_MISMATCH);
      return;
    }
    length(depth, octets.length);
    for (byte octet : octets) {
      elements.add(octet);
    }
  }

  /** Whether some value of a schema fits at that depth; a union answers for each value. */
  private boolean canFit(Schema schema, int depth) {
    DType dtype = binding.input().dtype();
    if (schema.getLogicalType() != null) {
      return depth == arrays && isNumber() && (!dtype.isFloat() || tellsApart());
    }
    boolean octets = isOctets() && depth == arrays - 1;
    return switch (schema.getType()) {
      case UNION, NULL -> true;
      case ARRAY -> depth < arrays && canFit(schema.getElementType(), depth + 1);
      case MAP, RECORD -> false;
      case BYTES -> octets || (depth == arrays && dtype == DType.STRING);
      case FIXED ->
          schema.getFixedSize() > 0 && (octets || (depth == arrays && dtype == DType.STRING));
      case STRING, ENUM -> depth == arrays && dtype == DType.STRING;
      case BOOLEAN -> depth == arrays && dtype == DType.BOOL;
      case FLOAT -> depth == arrays && dtype.isFloat() && (binding.narrows() || bits(dtype) >= 24);
      case DOUBLE -> depth == arrays && dtype.isFloat() && (binding.narrows() || bits(dtype) >= 53);
      case INT, LONG -> depth == arrays && dtype != DType.STRING && dtype != DType.BOOL;
    };
  }

  private boolean isNumber() {
    DType dtype = binding.input().dtype();
    return dtype != DType.STRING && dtype != DType.BOOL;
  }

  /** Whether the decimals may be cast to the input's floats. */
  private boolean tellsApart() {
    int digits =
        switch (binding.input().dtype()) {
          case FLOAT64 -> 15;
          case FLOAT32 -> 6;
          case FLOAT16 -> 3;
          default -> 2;
        };
    return binding.narrows() || precision <= digits;
  }

  /** Bits of a float's significand. */
  private static int bits(DType dtype) {
    return switch (dtype) {
      case FLOAT64 -> 53;
      case FLOAT32 -> 24;
      case FLOAT16 -> 11;
      default -> 8;
    };
  }

  /** Notes an array's length, one higher so that 0 means unknown. */
  private void length(int depth, int found) {
    if (shape[depth] == 0) {
      shape[depth] = found + 1;
    } else if (shape[depth] != found + 1) {
      refusals.add(DeadLetterReason.SHAPE_MISMATCH);
    }
  }

  private void checkShape() {
    List<Long> row = binding.input().rowShape();
    if (fellBack || arrays == 0 || !fitsRow()) {
      return;
    }
    if (row.size() != arrays) { // A flat array for several dimensions.
      if (shape[0] - 1 != row.stream().reduce(1L, (a, b) -> a * b)) {
        refusals.add(DeadLetterReason.SHAPE_MISMATCH);
      }
      return;
    }
    for (int i = 0; i < arrays; i++) {
      if (row.get(i) >= 0 && shape[i] > 0 && shape[i] - 1 != row.get(i)) {
        refusals.add(DeadLetterReason.SHAPE_MISMATCH);
      }
    }
  }

  private boolean isOctets() {
    DType dtype = binding.input().dtype();
    return dtype == DType.UINT8 || dtype == DType.INT8;
  }

  private static byte @Nullable [] bytes(Object datum) {
    if (datum instanceof ByteBuffer buffer) {
      byte[] bytes = new byte[buffer.remaining()];
      buffer.duplicate().get(bytes);
      return bytes;
    }
    return datum instanceof GenericFixed fixed ? fixed.bytes() : null;
  }

  private void scalar(Object datum) {
    if (datum instanceof BigDecimal value) {
      decimal(value);
      return;
    }
    DType dtype = binding.input().dtype();
    Object element =
        switch (dtype) {
          case BOOL -> datum instanceof Boolean ? datum : null;
          case STRING -> text(datum);
          case FLOAT32 -> float32(datum);
          case FLOAT16, BFLOAT16 -> half(datum);
          case FLOAT64 -> float64(datum);
          default ->
              datum instanceof Integer || datum instanceof Long
                  ? integer(BigInteger.valueOf(((Number) datum).longValue()))
                  : null;
        };
    if (element == null) {
      refusals.add(DeadLetterReason.SCHEMA_MISMATCH);
    } else {
      elements.add(element);
    }
  }

  /** A decimal, which is judged by its schema where it becomes a float. */
  private void decimal(BigDecimal value) {
    DType dtype = binding.input().dtype();
    if (!isNumber() || (dtype.isFloat() && !tellsApart())) {
      refusals.add(DeadLetterReason.SCHEMA_MISMATCH);
    } else if (dtype == DType.FLOAT64) {
      elements.add(value.doubleValue());
    } else if (dtype == DType.FLOAT32) {
      elements.add(value.floatValue());
    } else if (dtype.isFloat()) {
      short bits =
          dtype == DType.FLOAT16
              ? HalfPrecision.toFloat16(value.doubleValue())
              : HalfPrecision.toBfloat16(value.doubleValue());
      float rounded =
          dtype == DType.FLOAT16
              ? HalfPrecision.fromFloat16(bits)
              : HalfPrecision.fromBfloat16(bits);
      if (Float.isInfinite(rounded)) {
        refusals.add(DeadLetterReason.VALUE_OUT_OF_RANGE);
      }
      elements.add(rounded);
    } else if (value.signum() != 0 && value.stripTrailingZeros().scale() > 0) {
      refusals.add(DeadLetterReason.VALUE_OUT_OF_RANGE);
    } else {
      elements.add(integer(value.toBigInteger()));
    }
  }

  private @Nullable Object float64(Object datum) {
    if (!(datum instanceof Number number)) {
      return null;
    }
    requireExact(number, number.doubleValue());
    return number.doubleValue();
  }

  /** Where nothing may be rounded, floats are refused by their schema and integers by value. */
  private void requireExact(Number number, double rounded) {
    if (binding.narrows()) {
      return;
    }
    if (number instanceof Float || number instanceof Double) {
      if (bits(binding.input().dtype()) < (number instanceof Float ? 24 : 53)) {
        refusals.add(DeadLetterReason.SCHEMA_MISMATCH);
      }
    } else if (Double.isFinite(rounded)
        && new BigDecimal(rounded).compareTo(BigDecimal.valueOf(number.longValue())) != 0) {
      refusals.add(DeadLetterReason.VALUE_OUT_OF_RANGE);
    }
  }

  private @Nullable Object float32(Object datum) {
    if (!(datum instanceof Number number)) {
      return null;
    }
    requireExact(number, number.floatValue());
    if (Float.isInfinite(number.floatValue()) && !Double.isInfinite(number.doubleValue())) {
      refusals.add(DeadLetterReason.VALUE_OUT_OF_RANGE);
    }
    return number.floatValue();
  }

  private @Nullable Object half(Object datum) {
    if (!(datum instanceof Number number)) {
      return null;
    }
    double value = number.doubleValue();
    float rounded =
        binding.input().dtype() == DType.FLOAT16
            ? HalfPrecision.fromFloat16(HalfPrecision.toFloat16(value))
            : HalfPrecision.fromBfloat16(HalfPrecision.toBfloat16(value));
    if (Float.isInfinite(rounded) && !Double.isInfinite(value)) {
      refusals.add(DeadLetterReason.VALUE_OUT_OF_RANGE);
    }
    requireExact(number, rounded);
    return rounded;
  }

  private Object integer(BigInteger value) {
    DType dtype = binding.input().dtype();
    int bits = dtype.widthBytes() * 8;
    boolean unsigned = dtype.toString().startsWith("u");
    // Nothing here has more than 63 bits beside its sign, not even for uint64.
    BigInteger most =
        BigInteger.TWO.pow(Math.min(63, unsigned ? bits : bits - 1)).subtract(BigInteger.ONE);
    BigInteger least = unsigned ? BigInteger.ZERO : most.negate().subtract(BigInteger.ONE);
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      refusals.add(DeadLetterReason.VALUE_OUT_OF_RANGE);
    }
    return switch (bits) {
      case 8 -> value.byteValue();
      case 16 -> value.shortValue();
      case 32 -> value.intValue();
      default -> value.longValue();
    };
  }

  private static @Nullable Object text(Object datum) {
    if (datum instanceof CharSequence || datum instanceof GenericEnumSymbol<?>) {
      return latin(datum.toString().getBytes(StandardCharsets.UTF_8));
    }
    byte[] bytes = bytes(datum);
    boolean empty = datum instanceof GenericFixed && bytes != null && bytes.length == 0;
    return bytes == null || empty ? null : latin(bytes);
  }

  /** Bytes as a text that compares and prints well. */
  static String latin(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}

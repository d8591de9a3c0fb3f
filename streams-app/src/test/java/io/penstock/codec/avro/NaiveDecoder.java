package io.penstock.codec.avro;

import io.penstock.codec.DeadLetterReason;
import io.penstock.codec.InputBinding;
import io.penstock.model.DType;
import io.penstock.model.HalfPrecision;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.Schema.Field;
import org.apache.avro.generic.GenericArray;
import org.apache.avro.generic.GenericEnumSymbol;
import org.apache.avro.generic.GenericFixed;
import org.apache.avro.generic.IndexedRecord;
import org.jspecify.annotations.Nullable;

/**
 * What a decode plan must do, said the slow way over generic records: an input's elements in their
 * order, its shape, and every reason there is to refuse the record.
 */
final class NaiveDecoder {

  private final InputBinding binding;
  private final List<Object> elements = new ArrayList<>();
  private final Set<DeadLetterReason> refusals = EnumSet.noneOf(DeadLetterReason.class);
  private int arrays;
  private int[] shape = new int[0];

  private NaiveDecoder(InputBinding binding) {
    this.binding = binding;
  }

  /** Decodes one input. */
  static NaiveDecoder decode(InputBinding binding, IndexedRecord record) {
    NaiveDecoder decoder = new NaiveDecoder(binding);
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
      case BYTES, FIXED -> dtype == DType.UINT8 || dtype == DType.INT8 ? 1 : 0;
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
    for (String segment : path.split("\\.", -1)) {
      if (datum == null) {
        refusals.add(DeadLetterReason.NULL_FIELD);
        return;
      }
      if (!(datum instanceof IndexedRecord nested)) {
        refusals.add(DeadLetterReason.SCHEMA_MISMATCH);
        return;
      }
      Field field = find(nested.getSchema(), segment);
      if (field == null) {
        refusals.add(DeadLetterReason.SCHEMA_MISMATCH);
        return;
      }
      datum = nested.get(field.pos());
      schema = field.schema();
    }
    if (!binding.isStacked()) {
      arrays = arrays(schema, binding.input().dtype());
      shape = new int[arrays];
      if (!fitsRow()) {
        refusals.add(DeadLetterReason.SCHEMA_MISMATCH);
        return;
      }
    }
    value(datum, 0);
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
    if (datum == null) {
      refusals.add(DeadLetterReason.NULL_FIELD);
    } else if (datum instanceof GenericArray<?> array && depth < arrays) {
      length(depth, array.size());
      if (!canFit(array.getSchema().getElementType(), depth + 1)) {
        refusals.add(DeadLetterReason.SCHEMA_MISMATCH); // Though it may be empty.
      }
      array.forEach(item -> value(item, depth + 1));
    } else if (depth == arrays) {
      scalar(datum);
    } else {
      octets(bytes(datum), depth);
    }
  }

  private void octets(byte @Nullable [] octets, int depth) {
    if (octets == null || !isOctets() || depth != arrays - 1) {
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
    boolean octets = isOctets() && depth == arrays - 1;
    return switch (schema.getType()) {
      case UNION, NULL -> true;
      case ARRAY -> depth < arrays && canFit(schema.getElementType(), depth + 1);
      case MAP, RECORD -> false;
      case BYTES -> octets || (depth == arrays && dtype == DType.STRING);
      case FIXED ->
          octets || (depth == arrays && dtype == DType.STRING && schema.getFixedSize() > 0);
      case STRING, ENUM -> depth == arrays && dtype == DType.STRING;
      case BOOLEAN -> depth == arrays && dtype == DType.BOOL;
      case FLOAT, DOUBLE -> depth == arrays && dtype.isFloat();
      case INT, LONG -> depth == arrays && dtype != DType.STRING && dtype != DType.BOOL;
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
    if (arrays == 0 || !fitsRow()) {
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
    DType dtype = binding.input().dtype();
    Object element =
        switch (dtype) {
          case BOOL -> datum instanceof Boolean ? datum : null;
          case STRING -> text(datum);
          case FLOAT32 -> float32(datum);
          case FLOAT16, BFLOAT16 -> half(datum);
          case FLOAT64 -> datum instanceof Number number ? (Object) number.doubleValue() : null;
          default -> datum instanceof Integer || datum instanceof Long ? integer(datum) : null;
        };
    if (element == null) {
      refusals.add(DeadLetterReason.SCHEMA_MISMATCH);
    } else {
      elements.add(element);
    }
  }

  private @Nullable Object float32(Object datum) {
    if (!(datum instanceof Number number)) {
      return null;
    }
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
    return rounded;
  }

  private Object integer(Object datum) {
    DType dtype = binding.input().dtype();
    int bits = dtype.widthBytes() * 8;
    boolean unsigned = dtype.toString().startsWith("u");
    BigInteger value = BigInteger.valueOf(((Number) datum).longValue());
    BigInteger most = BigInteger.TWO.pow(unsigned ? bits : bits - 1).subtract(BigInteger.ONE);
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

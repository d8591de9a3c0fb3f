package io.penstock.codec.avro.plan;

import io.penstock.codec.ConstantValue;
import io.penstock.codec.InputBinding;
import io.penstock.codec.NumericCast;
import io.penstock.codec.UndecodableRecordException;
import io.penstock.model.DType;
import io.penstock.model.TensorSpec;
import java.util.List;
import java.util.Objects;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Compiles a field's schema and an input's dtype and shape into a reader. Which types fit:
 *
 * <table>
 *   <caption>Avro types and dtypes</caption>
 *   <tr><th>Avro</th><th>dtype</th></tr>
 *   <tr><td>boolean</td><td>bool</td></tr>
 *   <tr><td>int, long</td><td>any integer, within its range; any float that holds it exactly</td></tr>
 *   <tr><td>float</td><td>float32, float64; by a narrowing cast float16, bfloat16</td></tr>
 *   <tr><td>double</td><td>float64; by a narrowing cast any other float</td></tr>
 *   <tr><td>decimal</td><td>any integer, where it is whole; any float that tells as many digits
 *       apart, by a narrowing cast any other</td></tr>
 *   <tr><td>string, bytes, fixed, enum</td><td>string</td></tr>
 *   <tr><td>bytes, fixed</td><td>an array of uint8 or int8</td></tr>
 * </table>
 *
 * <p>Dates and times are the numbers that Avro makes of them: days, milliseconds, microseconds or
 * nanoseconds. Arrays fill a row dimension by dimension, or flat and row-major where the row has a
 * fixed size. A single value fills a row of one element. A union's branches that do not fit refuse
 * when they are met.
 */
final class ReaderCompiler {

  /** What time stamps of these decades take, in milliseconds at least: more than float32 has. */
  private static final int TIMESTAMP_BITS = 41;

  private final FieldTarget target;
  private final TensorSpec input;
  private final @Nullable ConstantValue fallback;
  private final NumericCast cast;

  ReaderCompiler(FieldTarget target, InputBinding binding) {
    this.target = target;
    this.input = binding.input();
    this.fallback = binding.fallback();
    this.cast = NumericCast.of(binding);
  }

  /**
   * A reader of one element of the row.
   *
   * @throws UndecodableRecordException if no value of the schema can fit
   */
  ValueReader element(Schema schema) {
    return values(schema, 0, 0);
  }

  /**
   * A reader of the whole row.
   *
   * @throws UndecodableRecordException if no value of the schema can fit
   */
  ValueReader row(Schema schema) {
    int dimensions = input.rowShape().size();
    int arrays = arrays(schema);
    if (arrays == dimensions || (arrays == 0 && holdsOne())) {
      return values(schema, 0, arrays);
    }
    if (arrays == 1 && input.isFixedSize()) {
      return values(schema, ArrayReader.ALL, 0);
    }
    throw target.mismatch(
        "is " + describe(schema) + " (expected: " + dimensions + " levels of arrays)");
  }

  /** Whether a value that is no array fills the whole row. */
  boolean isSingle(Schema schema) {
    return arrays(schema) == 0;
  }

  /** Values from a dimension on, where scalars are expected after the last. */
  private ValueReader values(Schema schema, int dimension, int dimensions) {
    return switch (schema.getType()) {
      case UNION ->
          new ValueReader.OneOf(
              schema.getTypes().stream()
                  .map(branch -> branch(branch, dimension, dimensions))
                  .toList());
      case NULL -> nothing(dimension, dimensions);
      case ARRAY -> {
        if (dimension >= dimensions) {
          throw target.mismatch("is " + describe(schema) + " (expected: no array)");
        }
        if (schema.getElementType().getType() == Schema.Type.NULL) {
          // Any number of nulls takes no byte: nothing stands in for them.
          yield new ArrayReader.Blocks(target, dimension, new ValueReader.Refusal(target.isNull()));
        }
        yield new ArrayReader.Blocks(
            target, dimension, values(schema.getElementType(), dimension + 1, dimensions));
      }
      default -> {
        if (dimension < dimensions && isOctets(schema)) {
          yield octets(schema, dimension, dimensions);
        }
        if (dimension < dimensions) {
          throw target.mismatch("is " + describe(schema) + " (expected: an array)");
        }
        yield scalar(schema);
      }
    };
  }

  /** What stands in for a null: an element, or a whole row; within a row nobody knows how much. */
  private ValueReader nothing(int dimension, int dimensions) {
    if (fallback == null || (dimension > 0 && dimension < dimensions)) {
      return new ValueReader.Refusal(target.isNull());
    }
    return new ValueReader.FallBack(fallback, dimension < dimensions);
  }

  private ValueReader branch(Schema branch, int dimension, int dimensions) {
    try {
      return values(branch, dimension, dimensions);
    } catch (UndecodableRecordException e) {
      return new ValueReader.Refusal(e);
    }
  }

  private ValueReader octets(Schema schema, int dimension, int dimensions) {
    if (dimension + 1 != dimensions) {
      throw target.mismatch("is " + describe(schema) + " (expected: an array of arrays)");
    }
    boolean fixed = schema.getType() == Schema.Type.FIXED;
    if (fixed && schema.getFixedSize() == 0) {
      // An array could claim any number of them without a byte in the record.
      throw target.mismatch("is " + describe(schema) + " of no bytes (expected: one or more)");
    }
    return new ArrayReader.Octets(
        target, dimension, fixed ? schema.getFixedSize() : ArrayReader.Octets.DELIMITED);
  }

  private ValueReader scalar(Schema schema) {
    ValueReader reader =
        switch (schema.getType()) {
          case BOOLEAN -> input.dtype() == DType.BOOL ? new ScalarReader.Booleans() : null;
          case INT -> isNumber() ? new ScalarReader.Integers(target, cast, true) : null;
          case LONG -> isNumber() ? longs(schema) : null;
          case FLOAT ->
              switch (input.dtype()) {
                case FLOAT32 -> new ScalarReader.Packed(Float.BYTES);
                case FLOAT64, FLOAT16, BFLOAT16 -> floats(schema);
                default -> null;
              };
          case DOUBLE ->
              switch (input.dtype()) {
                case FLOAT64 -> new ScalarReader.Packed(Double.BYTES);
                case FLOAT32, FLOAT16, BFLOAT16 -> floats(schema);
                default -> null;
              };
          case STRING -> isString() ? new ScalarReader.Strings() : null;
          case BYTES, FIXED -> isDecimal(schema) ? decimals(schema) : octets(schema);
          case ENUM -> isString() ? new ScalarReader.Symbols(schema) : null;
          default -> null;
        };
    if (reader == null) {
      throw target.mismatch("is " + describe(schema) + ", which does not fit " + input.dtype());
    }
    return reader;
  }

  /** A time stamp's unit is what the record has; its present values need so many bits. */
  private ValueReader longs(Schema schema) {
    boolean isTime = schema.getLogicalType() != null;
    if (isTime && input.dtype().isFloat() && !cast.takesFloats(TIMESTAMP_BITS)) {
      throw rounded(schema);
    }
    return new ScalarReader.Integers(target, cast, false);
  }

  private @Nullable ValueReader decimals(Schema schema) {
    if (!isNumber()
        || !(schema.getLogicalType() instanceof LogicalTypes.Decimal decimal)
        || decimal.getPrecision() > DecimalReader.MAX_PRECISION) {
      return null;
    }
    if (!cast.takesDecimals(decimal.getPrecision())) {
      throw rounded(schema);
    }
    return new DecimalReader(target, cast, schema, decimal);
  }

  private @Nullable ValueReader octets(Schema schema) {
    if (!isString()) {
      return null;
    }
    if (schema.getType() == Schema.Type.BYTES) {
      return new ScalarReader.Strings();
    }
    return schema.getFixedSize() > 0 ? new ScalarReader.Fixed(schema.getFixedSize()) : null;
  }

  private UndecodableRecordException rounded(Schema schema) {
    return target.mismatch(
        "is %s, which %s holds rounded only (to allow that: %s)"
            .formatted(describe(schema), input.dtype(), cast.permission()));
  }

  private ValueReader floats(Schema schema) {
    boolean isDouble = schema.getType() == Schema.Type.DOUBLE;
    if (!cast.takesFloats(isDouble ? 53 : 24)) {
      throw rounded(schema);
    }
    return new ScalarReader.Floats(target, cast, isDouble);
  }

  /** How many arrays lie within each other, at most, where a union has the choice. */
  private int arrays(Schema schema) {
    return switch (schema.getType()) {
      case ARRAY -> 1 + arrays(schema.getElementType());
      case UNION -> schema.getTypes().stream().mapToInt(this::arrays).max().orElse(0);
      default -> isOctets(schema) ? 1 : 0;
    };
  }

  private boolean holdsOne() {
    return input.rowShape().stream().allMatch(dimension -> dimension < 0 || dimension == 1);
  }

  private boolean isOctets(Schema schema) {
    boolean bytes = schema.getType() == Schema.Type.BYTES || schema.getType() == Schema.Type.FIXED;
    return bytes
        && !isDecimal(schema)
        && (input.dtype() == DType.UINT8 || input.dtype() == DType.INT8);
  }

  private boolean isNumber() {
    return switch (input.dtype()) {
      case BOOL, STRING -> false;
      default -> true;
    };
  }

  private boolean isString() {
    return input.dtype() == DType.STRING;
  }

  /** A decimal's bytes are an integer, which no model takes for text or pixels. */
  private static boolean isDecimal(Schema schema) {
    return Objects.requireNonNullElse(schema.getProp("logicalType"), "").endsWith("decimal");
  }

  private static String describe(Schema schema) {
    return switch (schema.getType()) {
      case ARRAY -> "array of " + describe(schema.getElementType());
      case UNION -> "union of " + names(schema.getTypes());
      default -> {
        LogicalType logical = schema.getLogicalType();
        if (logical instanceof LogicalTypes.Decimal decimal) {
          yield "a decimal(%d, %d)".formatted(decimal.getPrecision(), decimal.getScale());
        }
        yield logical != null
            ? logical.getName()
            : isDecimal(schema) ? "a decimal" : schema.getFullName();
      }
    };
  }

  private static List<String> names(List<Schema> schemas) {
    return schemas.stream().map(ReaderCompiler::describe).toList();
  }
}

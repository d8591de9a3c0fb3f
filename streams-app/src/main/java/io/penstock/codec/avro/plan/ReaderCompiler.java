package io.penstock.codec.avro.plan;

import io.penstock.codec.UndecodableRecordException;
import io.penstock.model.DType;
import io.penstock.model.TensorSpec;
import java.util.List;
import java.util.Objects;
import org.apache.avro.Schema;

/**
 * Compiles a field's schema and an input's dtype and shape into a reader. Which types fit:
 *
 * <table>
 *   <caption>Avro types and dtypes</caption>
 *   <tr><th>Avro</th><th>dtype</th></tr>
 *   <tr><td>boolean</td><td>bool</td></tr>
 *   <tr><td>int, long</td><td>any integer, within its range; any float, rounded, within its range</td></tr>
 *   <tr><td>float</td><td>float32, float64; float16 and bfloat16, rounded, within their range</td></tr>
 *   <tr><td>double</td><td>float64; any other float, rounded, within its range</td></tr>
 *   <tr><td>string, bytes, fixed, enum</td><td>string</td></tr>
 *   <tr><td>bytes, fixed</td><td>an array of uint8 or int8</td></tr>
 * </table>
 *
 * <p>Arrays fill a row dimension by dimension, or flat and row-major where the row has a fixed
 * size. A single value fills a row of one element. A union's branches that do not fit refuse when
 * they are met.
 */
final class ReaderCompiler {

  private final FieldTarget target;
  private final TensorSpec input;

  ReaderCompiler(FieldTarget target) {
    this.target = target;
    this.input = target.input();
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
      case NULL -> new ValueReader.Refusal(target.isNull());
      case ARRAY -> {
        if (dimension >= dimensions) {
          throw target.mismatch("is " + describe(schema) + " (expected: no array)");
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
    return new ArrayReader.Octets(
        target, dimension, fixed ? schema.getFixedSize() : ArrayReader.Octets.DELIMITED);
  }

  private ValueReader scalar(Schema schema) {
    ValueReader reader =
        switch (schema.getType()) {
          case BOOLEAN -> input.dtype() == DType.BOOL ? new ScalarReader.Booleans() : null;
          case INT -> isNumber() ? new ScalarReader.Integers(target, true) : null;
          case LONG -> isNumber() ? new ScalarReader.Integers(target, false) : null;
          case FLOAT ->
              switch (input.dtype()) {
                case FLOAT32 -> new ScalarReader.Packed(Float.BYTES);
                case FLOAT64 -> new ScalarReader.Widened();
                case FLOAT16, BFLOAT16 -> new ScalarReader.Halved(target, false);
                default -> null;
              };
          case DOUBLE ->
              switch (input.dtype()) {
                case FLOAT64 -> new ScalarReader.Packed(Double.BYTES);
                case FLOAT32 -> new ScalarReader.Rounded(target);
                case FLOAT16, BFLOAT16 -> new ScalarReader.Halved(target, true);
                default -> null;
              };
          case STRING -> isString() ? new ScalarReader.Strings() : null;
          case BYTES -> isString() && !isDecimal(schema) ? new ScalarReader.Strings() : null;
          case FIXED ->
              isString() && !isDecimal(schema) && schema.getFixedSize() > 0
                  ? new ScalarReader.Fixed(schema.getFixedSize())
                  : null;
          case ENUM -> isString() ? new ScalarReader.Symbols(schema) : null;
          default -> null;
        };
    if (reader == null) {
      throw target.mismatch("is " + describe(schema) + ", which does not fit " + input.dtype());
    }
    return reader;
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
    return bytes && (input.dtype() == DType.UINT8 || input.dtype() == DType.INT8);
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

  /** A decimal's bytes are an unscaled integer, which no model takes for text. */
  private static boolean isDecimal(Schema schema) {
    return Objects.requireNonNullElse(schema.getProp("logicalType"), "").endsWith("decimal");
  }

  private static String describe(Schema schema) {
    return switch (schema.getType()) {
      case ARRAY -> "array of " + describe(schema.getElementType());
      case UNION -> "union of " + names(schema.getTypes());
      default -> isDecimal(schema) ? "a decimal" : schema.getFullName();
    };
  }

  private static List<String> names(List<Schema> schemas) {
    return schemas.stream().map(ReaderCompiler::describe).toList();
  }
}

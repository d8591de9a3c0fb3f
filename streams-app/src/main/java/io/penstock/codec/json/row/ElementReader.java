package io.penstock.codec.json.row;

import io.penstock.codec.DeadLetterReason;
import io.penstock.codec.NumericCast;
import io.penstock.codec.UndecodableRecordException;
import io.penstock.model.Column;
import io.penstock.model.DType;
import io.penstock.model.NumericColumn;
import io.penstock.model.StringColumn;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Reads one value of JSON into one element of a row. Which fit:
 *
 * <table>
 *   <caption>JSON and dtypes</caption>
 *   <tr><th>JSON</th><th>dtype</th></tr>
 *   <tr><td>number</td><td>any float, rounded to the nearest, within its range</td></tr>
 *   <tr><td>number without a fraction, also written 1.0 or 1e3</td><td>any integer, within its range</td></tr>
 *   <tr><td>true, false</td><td>bool</td></tr>
 *   <tr><td>string, {@code {"b64": "base64"}}</td><td>string</td></tr>
 * </table>
 *
 * <p>Thread-safe.
 */
abstract class ElementReader {

  final FieldTarget target;
  final NumericCast cast;

  private ElementReader(FieldTarget target) {
    this.target = target;
    // A number in JSON is a decimal text: the nearest float is what it means.
    this.cast = NumericCast.ofDecimals(target.input());
  }

  /** The reader for an input's dtype. */
  static ElementReader of(FieldTarget target) {
    DType dtype = target.input().dtype();
    return switch (dtype) {
      case FLOAT32 -> new Floats(target);
      case FLOAT64 -> new Doubles(target);
      case FLOAT16, BFLOAT16 -> new Halves(target);
      case BOOL -> new Booleans(target);
      case STRING -> new Strings(target);
      case UINT64 -> new UnsignedLongs(target);
      default -> new Integers(target);
    };
  }

  /** Reads a value into an element. */
  abstract void read(JsonCursor in, Column column, int row, int element);

  final JsonNumber number(JsonCursor in) {
    int next = in.peek();
    if (next == '-' || (next >= '0' && next <= '9')) {
      return in.readNumber();
    }
    throw refusal(in, "a number");
  }

  /** Why the value that comes next cannot be read: it is null, of another kind, or none. */
  final UndecodableRecordException refusal(JsonCursor in, String expected) {
    int start = in.position();
    in.skip();
    in.rewind(start);
    return in.peek() == 'n' ? target.isNull(in) : target.mismatch(in, expected);
  }

  /** Numbers of 32 bits. */
  private static final class Floats extends ElementReader {

    Floats(FieldTarget target) {
      super(target);
    }

    @Override
    void read(JsonCursor in, Column column, int row, int element) {
      JsonNumber number = number(in);
      float value = number.floatValue();
      if (Float.isInfinite(value)) {
        throw target.outOfRange(in, number, cast.expectedFloat());
      }
      NumericColumn to = (NumericColumn) column;
      to.putFloat(to.offset(row, element), value);
    }
  }

  /** Numbers of 64 bits. */
  private static final class Doubles extends ElementReader {

    Doubles(FieldTarget target) {
      super(target);
    }

    @Override
    void read(JsonCursor in, Column column, int row, int element) {
      JsonNumber number = number(in);
      double value = number.doubleValue();
      if (Double.isInfinite(value)) {
        throw target.outOfRange(in, number, cast.expectedFloat());
      }
      NumericColumn to = (NumericColumn) column;
      to.putDouble(to.offset(row, element), value);
    }
  }

  /** Numbers of 16 bits. */
  private static final class Halves extends ElementReader {

    Halves(FieldTarget target) {
      super(target);
    }

    @Override
    void read(JsonCursor in, Column column, int row, int element) {
      JsonNumber number = number(in);
      double value = number.doubleValue();
      NumericColumn to = (NumericColumn) column;
      if (Double.isInfinite(value) || !cast.put(value, to, to.offset(row, element))) {
        throw target.outOfRange(in, number, cast.expectedFloat());
      }
    }
  }

  /** Whole numbers, held against the dtype's range. */
  private static final class Integers extends ElementReader {

    Integers(FieldTarget target) {
      super(target);
    }

    @Override
    void read(JsonCursor in, Column column, int row, int element) {
      JsonNumber number = number(in);
      NumericColumn to = (NumericColumn) column;
      if (!number.isWithin(cast.least(), cast.most())
          || !cast.put(number.longValue(), to, to.offset(row, element))) {
        throw target.outOfRange(
            in, number, "a whole number from " + cast.least() + " to " + cast.most());
      }
    }
  }

  /** Whole numbers of 64 bits without a sign. */
  private static final class UnsignedLongs extends ElementReader {

    UnsignedLongs(FieldTarget target) {
      super(target);
    }

    @Override
    void read(JsonCursor in, Column column, int row, int element) {
      JsonNumber number = number(in);
      if (!number.isUnsigned()) {
        throw target.outOfRange(
            in, number, "a whole number from 0 to " + Long.toUnsignedString(-1L));
      }
      NumericColumn to = (NumericColumn) column;
      to.putLong(to.offset(row, element), number.longValue());
    }
  }

  /** Truth values. */
  private static final class Booleans extends ElementReader {

    Booleans(FieldTarget target) {
      super(target);
    }

    @Override
    void read(JsonCursor in, Column column, int row, int element) {
      int next = in.peek();
      if (next != 't' && next != 'f') {
        throw refusal(in, "true or false");
      }
      NumericColumn to = (NumericColumn) column;
      to.bytes()[to.offset(row, element)] = (byte) (in.readBoolean() ? 1 : 0);
    }
  }

  /** Texts, and bytes in base64. */
  static final class Strings extends ElementReader {

    private static final byte[] BASE64 = "b64".getBytes(StandardCharsets.US_ASCII);

    Strings(FieldTarget target) {
      super(target);
    }

    /** Whether bytes in base64 come next; leaves the cursor where it is. */
    static boolean isBase64(JsonCursor in) {
      int position = in.position();
      boolean is = false;
      if (in.accept('{') && in.peek() == '"') {
        is = in.readText().is(BASE64);
      }
      in.rewind(position);
      return is;
    }

    @Override
    void read(JsonCursor in, Column column, int row, int element) {
      boolean isBase64 = in.peek() == '{';
      if (isBase64 ? !isBase64(in) : in.peek() != '"') {
        throw refusal(in, "a string, or {\"b64\": \"base64\"}");
      }
      ((StringColumn) column).set(row, element, isBase64 ? readBase64(in) : readText(in));
    }

    private static byte[] readText(JsonCursor in) {
      return in.readText().copy();
    }

    private static byte[] readBase64(JsonCursor in) {
      in.expect('{');
      in.readText();
      in.expect(':');
      in.peek();
      int position = in.position();
      byte[] base64 = in.readText().copy();
      byte[] value;
      try {
        value = Base64.getDecoder().decode(base64);
      } catch (IllegalArgumentException e) {
        throw new UndecodableRecordException(
            DeadLetterReason.MALFORMED,
            "Malformed base64 at byte " + position + ": " + e.getMessage());
      }
      in.expect('}');
      return value;
    }
  }
}

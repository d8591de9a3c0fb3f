package io.penstock.codec.avro.plan;

import io.penstock.codec.NumericCast;
import io.penstock.model.Column;
import io.penstock.model.NumericColumn;
import io.penstock.model.StringColumn;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.avro.Schema;

/** Reads a value that is one element. Numbers are cast as {@link ReaderCompiler} allows it. */
abstract class ScalarReader extends ValueReader {

  private final Skip skip;

  ScalarReader(Skip skip) {
    this.skip = skip;
  }

  @Override
  final void measure(AvroCursor in, long values, int[] shape) {
    skip.skip(in, values);
  }

  /** An int or long as a number. */
  static final class Integers extends ScalarReader {

    private final FieldTarget target;
    private final NumericCast cast;
    private final boolean isInt;

    Integers(FieldTarget target, NumericCast cast, boolean isInt) {
      super(new Skip.Varint());
      this.target = target;
      this.cast = cast;
      this.isInt = isInt;
    }

    @Override
    int read(AvroCursor in, Column column, int row, int index) {
      long value = isInt ? in.readInt() : in.readLong();
      NumericColumn to = (NumericColumn) column;
      if (!cast.put(value, to, to.offset(row, index))) {
        throw target.outOfRange(String.valueOf(value), cast.expected(value));
      }
      return index + 1;
    }
  }

  /** A float as float32 or a double as float64: blocks of them are copied as they are. */
  static final class Packed extends ScalarReader {

    private final int width;

    Packed(int width) {
      super(new Skip.Width(width));
      this.width = width;
    }

    @Override
    int read(AvroCursor in, Column column, int row, int index) {
      NumericColumn to = (NumericColumn) column;
      int at = to.offset(row, index);
      if (width == Float.BYTES) {
        to.putFloat(at, in.readFloat());
      } else {
        to.putDouble(at, in.readDouble());
      }
      return index + 1;
    }

    @Override
    int readAll(AvroCursor in, Column column, int row, int index, int values) {
      NumericColumn to = (NumericColumn) column;
      long length = (long) values * width;
      int from = in.take(length);
      System.arraycopy(in.bytes(), from, to.bytes(), to.offset(row, index), (int) length);
      return index + values;
    }
  }

  /** A float or double as a float of another width. */
  static final class Floats extends ScalarReader {

    private final FieldTarget target;
    private final NumericCast cast;
    private final boolean isDouble;

    Floats(FieldTarget target, NumericCast cast, boolean isDouble) {
      super(new Skip.Width(isDouble ? Double.BYTES : Float.BYTES));
      this.target = target;
      this.cast = cast;
      this.isDouble = isDouble;
    }

    @Override
    int read(AvroCursor in, Column column, int row, int index) {
      double value = isDouble ? in.readDouble() : in.readFloat();
      NumericColumn to = (NumericColumn) column;
      if (!cast.put(value, to, to.offset(row, index))) {
        throw target.outOfRange(String.valueOf(value), cast.expectedFloat());
      }
      return index + 1;
    }
  }

  /** A boolean. */
  static final class Booleans extends ScalarReader {

    Booleans() {
      super(new Skip.Width(1));
    }

    @Override
    int read(AvroCursor in, Column column, int row, int index) {
      NumericColumn to = (NumericColumn) column;
      to.bytes()[to.offset(row, index)] = (byte) (in.readBoolean() ? 1 : 0);
      return index + 1;
    }
  }

  /** A string or bytes. */
  static final class Strings extends ScalarReader {

    Strings() {
      super(new Skip.Delimited());
    }

    @Override
    int read(AvroCursor in, Column column, int row, int index) {
      int from = in.take(in.readLength());
      byte[] value = Arrays.copyOfRange(in.bytes(), from, in.position());
      ((StringColumn) column).set(row, index, value);
      return index + 1;
    }
  }

  /** A fixed as a string. */
  static final class Fixed extends ScalarReader {

    private final int size;

    Fixed(int size) {
      super(new Skip.Width(size));
      this.size = size;
    }

    @Override
    int read(AvroCursor in, Column column, int row, int index) {
      int from = in.take(size);
      byte[] value = Arrays.copyOfRange(in.bytes(), from, from + size);
      ((StringColumn) column).set(row, index, value);
      return index + 1;
    }
  }

  /** An enum's symbol as a string. */
  static final class Symbols extends ScalarReader {

    private final byte[][] symbols;

    Symbols(Schema schema) {
      super(new Skip.Varint());
      this.symbols =
          schema.getEnumSymbols().stream()
              .map(symbol -> symbol.getBytes(StandardCharsets.UTF_8))
              .toArray(byte[][]::new);
    }

    @Override
    int read(AvroCursor in, Column column, int row, int index) {
      ((StringColumn) column).set(row, index, symbols[in.readIndex(symbols.length)]);
      return index + 1;
    }
  }
}

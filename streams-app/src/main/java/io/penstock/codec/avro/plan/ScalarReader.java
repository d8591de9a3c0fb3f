package io.penstock.codec.avro.plan;

import io.penstock.model.Column;
import io.penstock.model.DType;
import io.penstock.model.NumericColumn;
import io.penstock.model.StringColumn;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.avro.Schema;

/** Reads a value that is one element. Numbers are promoted as {@link ReaderCompiler} allows it. */
abstract class ScalarReader extends ValueReader {

  private final Skip skip;

  private ScalarReader(Skip skip) {
    this.skip = skip;
  }

  @Override
  final void measure(AvroCursor in, long values, int[] shape) {
    skip.skip(in, values);
  }

  /** An int or long as a number, held against the range of an integer dtype. */
  static final class Integers extends ScalarReader {

    private final FieldTarget target;
    private final DType dtype;
    private final boolean isInt;
    private final long least;
    private final long most;

    Integers(FieldTarget target, boolean isInt) {
      super(new Skip.Varint());
      this.target = target;
      this.dtype = target.input().dtype();
      this.isInt = isInt;
      boolean isFloat = dtype == DType.FLOAT32 || dtype == DType.FLOAT64;
      boolean isUnsigned = dtype.name().startsWith("U");
      int bits = isFloat ? Long.SIZE : dtype.widthBytes() * Byte.SIZE;
      // The upper half of uint64 is out of reach, since Avro's long is signed.
      int magnitude = Math.min(isUnsigned ? bits : bits - 1, Long.SIZE - 1);
      this.least = isUnsigned ? 0 : Long.MIN_VALUE >> (Long.SIZE - bits);
      this.most = Long.MAX_VALUE >> (Long.SIZE - 1 - magnitude);
    }

    @Override
    int read(AvroCursor in, Column column, int row, int index) {
      long value = isInt ? in.readInt() : in.readLong();
      if (value < least || value > most) {
        throw target.outOfRange(String.valueOf(value), least + " to " + most);
      }
      NumericColumn to = (NumericColumn) column;
      int at = to.offset(row, index);
      switch (dtype) {
        case FLOAT32 -> to.putFloat(at, (float) value);
        case FLOAT64 -> to.putDouble(at, (double) value);
        case INT64, UINT64 -> to.putLong(at, value);
        case INT32, UINT32 -> to.putInt(at, (int) value);
        case INT16, UINT16 -> {
          to.bytes()[at] = (byte) value;
          to.bytes()[at + 1] = (byte) (value >> Byte.SIZE);
        }
        default -> to.bytes()[at] = (byte) value;
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

  /** A float as float64. */
  static final class Widened extends ScalarReader {

    Widened() {
      super(new Skip.Width(Float.BYTES));
    }

    @Override
    int read(AvroCursor in, Column column, int row, int index) {
      NumericColumn to = (NumericColumn) column;
      to.putDouble(to.offset(row, index), in.readFloat());
      return index + 1;
    }
  }

  /** A double as float32, rounded; a finite one that float32 cannot hold is refused. */
  static final class Rounded extends ScalarReader {

    private final FieldTarget target;

    Rounded(FieldTarget target) {
      super(new Skip.Width(Double.BYTES));
      this.target = target;
    }

    @Override
    int read(AvroCursor in, Column column, int row, int index) {
      double value = in.readDouble();
      float rounded = (float) value;
      if (Float.isInfinite(rounded) && !Double.isInfinite(value)) {
        throw target.outOfRange(String.valueOf(value), -Float.MAX_VALUE + " to " + Float.MAX_VALUE);
      }
      NumericColumn to = (NumericColumn) column;
      to.putFloat(to.offset(row, index), rounded);
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

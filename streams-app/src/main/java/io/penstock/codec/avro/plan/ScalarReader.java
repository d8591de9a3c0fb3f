package io.penstock.codec.avro.plan;

import io.penstock.model.Column;
import io.penstock.model.DType;
import io.penstock.model.HalfPrecision;
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

    /** From the next number on, float16 rounds to infinity. */
    private static final long MOST_AS_FLOAT16 = 65_519;

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
      boolean isUnsigned = dtype.isUnsigned();
      int bits = dtype.isFloat() ? Long.SIZE : dtype.widthBytes() * Byte.SIZE;
      // The upper half of uint64 is out of reach, since Avro's long is signed.
      int magnitude = Math.min(isUnsigned ? bits : bits - 1, Long.SIZE - 1);
      boolean isFloat16 = dtype == DType.FLOAT16;
      this.most = isFloat16 ? MOST_AS_FLOAT16 : Long.MAX_VALUE >> (Long.SIZE - 1 - magnitude);
      this.least = isUnsigned ? 0 : isFloat16 ? -most : Long.MIN_VALUE >> (Long.SIZE - bits);
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
        case FLOAT16 -> to.putShort(at, HalfPrecision.toFloat16((double) value));
        case BFLOAT16 -> to.putShort(at, HalfPrecision.toBfloat16((double) value));
        case INT64, UINT64 -> to.putLong(at, value);
        case INT32, UINT32 -> to.putInt(at, (int) value);
        case INT16, UINT16 -> to.putShort(at, (short) value);
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

  /** A float or double as one of 16 bits, rounded; a finite one that it cannot hold is refused. */
  static final class Halved extends ScalarReader {

    private final FieldTarget target;
    private final boolean isFloat16;
    private final boolean isDouble;

    Halved(FieldTarget target, boolean isDouble) {
      super(new Skip.Width(isDouble ? Double.BYTES : Float.BYTES));
      this.target = target;
      this.isFloat16 = target.input().dtype() == DType.FLOAT16;
      this.isDouble = isDouble;
    }

    @Override
    int read(AvroCursor in, Column column, int row, int index) {
      double value = isDouble ? in.readDouble() : in.readFloat();
      short bits = isFloat16 ? HalfPrecision.toFloat16(value) : HalfPrecision.toBfloat16(value);
      float rounded =
          isFloat16 ? HalfPrecision.fromFloat16(bits) : HalfPrecision.fromBfloat16(bits);
      if (Float.isInfinite(rounded) && !Double.isInfinite(value)) {
        float most = isFloat16 ? HalfPrecision.FLOAT16_MAX : HalfPrecision.BFLOAT16_MAX;
        throw target.outOfRange(String.valueOf(value), -most + " to " + most);
      }
      NumericColumn to = (NumericColumn) column;
      to.putShort(to.offset(row, index), bits);
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

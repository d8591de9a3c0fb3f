package io.penstock.codec.avro;

import io.penstock.codec.DeadLetterReason;
import io.penstock.codec.UndecodableRecordException;
import io.penstock.codec.Utf8;
import io.penstock.model.Column;
import io.penstock.model.DType;
import io.penstock.model.HalfPrecision;
import io.penstock.model.NumericColumn;
import io.penstock.model.StringColumn;
import io.penstock.model.TensorSpec;

/** Writes consecutive elements of an output's row as Avro binary. Thread-safe. */
abstract class ElementWriter {

  private final TensorSpec output;

  private ElementWriter(TensorSpec output) {
    this.output = output;
  }

  /** The writer for an output's dtype, as {@link PredictionSchemas} maps it. */
  static ElementWriter of(TensorSpec output) {
    return switch (output.dtype()) {
      case FLOAT32, FLOAT64, BOOL -> new Packed(output);
      case FLOAT16, BFLOAT16 -> new Halves(output);
      case STRING -> new Strings(output);
      default -> new Integers(output);
    };
  }

  /** Bytes of that many elements. */
  abstract long size(Column column, int row, int element, int count);

  abstract void write(Column column, int row, int element, int count, AvroSink to);

  final UndecodableRecordException unencodable(String what) {
    return new UndecodableRecordException(
        DeadLetterReason.UNENCODABLE, "Output " + output + " " + what);
  }

  /** Elements whose bytes are Avro's: copied as a block. */
  private static final class Packed extends ElementWriter {

    Packed(TensorSpec output) {
      super(output);
    }

    @Override
    long size(Column column, int row, int element, int count) {
      return (long) count * column.dtype().widthBytes();
    }

    @Override
    void write(Column column, int row, int element, int count, AvroSink to) {
      NumericColumn from = (NumericColumn) column;
      int length = count * column.dtype().widthBytes();
      to.write(from.bytes(), from.offset(row, element), length);
    }
  }

  /** Floats of 16 bits, which a float of 32 bits holds exactly. */
  private static final class Halves extends ElementWriter {

    private final boolean isFloat16;

    Halves(TensorSpec output) {
      super(output);
      this.isFloat16 = output.dtype() == DType.FLOAT16;
    }

    @Override
    long size(Column column, int row, int element, int count) {
      return (long) count * Float.BYTES;
    }

    @Override
    void write(Column column, int row, int element, int count, AvroSink to) {
      NumericColumn from = (NumericColumn) column;
      for (int i = 0; i < count; i++) {
        short bits = from.shortAt(from.offset(row, element + i));
        to.writeFloat(
            isFloat16 ? HalfPrecision.fromFloat16(bits) : HalfPrecision.fromBfloat16(bits));
      }
    }
  }

  /** Integers of any width. */
  private static final class Integers extends ElementWriter {

    Integers(TensorSpec output) {
      super(output);
    }

    @Override
    long size(Column column, int row, int element, int count) {
      long size = 0;
      for (int i = 0; i < count; i++) {
        size += AvroSink.sizeOf(value((NumericColumn) column, row, element + i));
      }
      return size;
    }

    @Override
    void write(Column column, int row, int element, int count, AvroSink to) {
      for (int i = 0; i < count; i++) {
        to.writeLong(value((NumericColumn) column, row, element + i));
      }
    }

    private long value(NumericColumn column, int row, int element) {
      int at = column.offset(row, element);
      byte[] bytes = column.bytes();
      return switch (column.dtype()) {
        case INT8 -> bytes[at];
        case UINT8 -> bytes[at] & 0xff;
        case INT16 -> (bytes[at] & 0xff) | bytes[at + 1] << Byte.SIZE;
        case UINT16 -> (bytes[at] & 0xff) | (bytes[at + 1] & 0xff) << Byte.SIZE;
        case INT32 -> column.intAt(at);
        case UINT32 -> Integer.toUnsignedLong(column.intAt(at));
        case INT64 -> column.longAt(at);
        case UINT64 -> signed(column.longAt(at));
        default -> throw new IllegalStateException(column.dtype() + " is no integer");
      };
    }

    private long signed(long value) {
      if (value < 0) {
        throw unencodable(
            "is " + Long.toUnsignedString(value) + " (expected: at most " + Long.MAX_VALUE + ")");
      }
      return value;
    }
  }

  /** Strings, which are UTF-8 in Avro and any bytes in TensorFlow. */
  private static final class Strings extends ElementWriter {

    Strings(TensorSpec output) {
      super(output);
    }

    @Override
    long size(Column column, int row, int element, int count) {
      long size = 0;
      for (int i = 0; i < count; i++) {
        byte[] value = ((StringColumn) column).get(row, element + i);
        if (!Utf8.isValid(value)) {
          throw unencodable(
              "is no UTF-8, which Avro's string has to be (expected: text, not raw bytes)");
        }
        size += AvroSink.sizeOf(value.length) + value.length;
      }
      return size;
    }

    @Override
    void write(Column column, int row, int element, int count, AvroSink to) {
      for (int i = 0; i < count; i++) {
        byte[] value = ((StringColumn) column).get(row, element + i);
        to.writeLong(value.length);
        to.write(value, 0, value.length);
      }
    }
  }
}

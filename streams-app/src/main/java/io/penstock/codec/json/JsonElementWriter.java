package io.penstock.codec.json;

import com.fasterxml.jackson.core.JsonGenerator;
import io.penstock.codec.DeadLetterReason;
import io.penstock.codec.UndecodableRecordException;
import io.penstock.codec.Utf8;
import io.penstock.model.Column;
import io.penstock.model.DType;
import io.penstock.model.HalfPrecision;
import io.penstock.model.NumericColumn;
import io.penstock.model.StringColumn;
import io.penstock.model.TensorSpec;
import java.io.IOException;
import java.math.BigInteger;

/** Writes one element of an output. Thread-safe. */
public abstract class JsonElementWriter {

  /** Outputs of such names are bytes, by TensorFlow Serving's convention. */
  private static final String BYTES_SUFFIX = "_bytes";

  private JsonElementWriter() {}

  /** The writer for an output's dtype. */
  public static JsonElementWriter of(TensorSpec output) {
    return switch (output.dtype()) {
      case STRING -> output.name().endsWith(BYTES_SUFFIX) ? new Bytes() : new Texts(output);
      default -> new Numbers(output.dtype());
    };
  }

  /**
   * Writes an element of a row.
   *
   * @throws UndecodableRecordException if it cannot be written: a text that is no UTF-8
   */
  public abstract void write(Column column, int row, int element, JsonGenerator to)
      throws IOException;

  /** Numbers and booleans. */
  private static final class Numbers extends JsonElementWriter {

    private final DType dtype;

    Numbers(DType dtype) {
      this.dtype = dtype;
    }

    @Override
    public void write(Column column, int row, int element, JsonGenerator to) throws IOException {
      NumericColumn from = (NumericColumn) column;
      int at = from.offset(row, element);
      switch (dtype) {
        case FLOAT32 -> to.writeNumber(from.floatAt(at));
        case FLOAT64 -> to.writeNumber(from.doubleAt(at));
        case FLOAT16 -> to.writeNumber(HalfPrecision.fromFloat16(from.shortAt(at)));
        case BFLOAT16 -> to.writeNumber(HalfPrecision.fromBfloat16(from.shortAt(at)));
        case BOOL -> to.writeBoolean(from.bytes()[at] != 0);
        case INT8 -> to.writeNumber(from.bytes()[at]);
        case UINT8 -> to.writeNumber(from.bytes()[at] & 0xff);
        case INT16 -> to.writeNumber(from.shortAt(at));
        case UINT16 -> to.writeNumber(from.shortAt(at) & 0xffff);
        case INT32 -> to.writeNumber(from.intAt(at));
        case UINT32 -> to.writeNumber(Integer.toUnsignedLong(from.intAt(at)));
        case INT64 -> to.writeNumber(from.longAt(at));
        case UINT64 -> writeUnsigned(from.longAt(at), to);
        default -> throw new IllegalStateException(dtype + " is no number");
      }
    }

    private static void writeUnsigned(long value, JsonGenerator to) throws IOException {
      if (value >= 0) {
        to.writeNumber(value);
      } else {
        to.writeNumber(new BigInteger(Long.toUnsignedString(value)));
      }
    }
  }

  /** Strings that are text. */
  private static final class Texts extends JsonElementWriter {

    private final TensorSpec output;

    Texts(TensorSpec output) {
      this.output = output;
    }

    @Override
    public void write(Column column, int row, int element, JsonGenerator to) throws IOException {
      byte[] text = ((StringColumn) column).get(row, element);
      if (!Utf8.isValid(text)) {
        throw new UndecodableRecordException(
            DeadLetterReason.UNENCODABLE,
            "Output %s is no UTF-8, which JSON has to be (expected: text; bytes have names that end in %s)"
                .formatted(output, BYTES_SUFFIX));
      }
      to.writeUTF8String(text, 0, text.length);
    }
  }

  /** Strings that are bytes. */
  private static final class Bytes extends JsonElementWriter {

    @Override
    public void write(Column column, int row, int element, JsonGenerator to) throws IOException {
      to.writeStartObject();
      to.writeBinaryField("b64", ((StringColumn) column).get(row, element));
      to.writeEndObject();
    }
  }
}

package io.penstock.grpc.message;

import io.penstock.codec.wire.WireCursor;
import io.penstock.model.Column;
import io.penstock.model.DType;
import io.penstock.model.NumericColumn;
import io.penstock.model.StringColumn;
import io.penstock.model.TensorSpec;
import io.penstock.requests.RefusedRequestException;
import io.penstock.requests.RequestRoom;
import io.penstock.requests.RequestRows;
import java.util.Arrays;
import java.util.List;

/**
 * A {@code tensorflow.TensorProto} of a request. Its values are all bytes of {@code
 * tensor_content}, or listed in the field of their dtype, the last one standing for all that are
 * missing; zeros if there is none: TensorFlow's rules ({@code Tensor::FromProto} in {@code
 * tensor.cc}).
 *
 * <p>Read twice as it stands, once for its shape and once straight into a column, for which room is
 * taken in between. Not thread-safe.
 */
final class TensorMessage {

  /** TensorFlow's {@code TensorShape::MaxDimensions}. */
  private static final int MAX_RANK = 254;

  private static final int DTYPE = WireCursor.tag(1, WireCursor.VARINT);
  private static final int SHAPE = WireCursor.tag(2, WireCursor.DELIMITED);
  private static final int CONTENT = WireCursor.tag(4, WireCursor.DELIMITED);
  private static final int DIMENSION = WireCursor.tag(2, WireCursor.DELIMITED);
  private static final int UNKNOWN_RANK = WireCursor.tag(3, WireCursor.VARINT);
  private static final int SIZE = WireCursor.tag(1, WireCursor.VARINT);
  private static final int[] ONE = {1};

  private final TensorSpec input;
  private final TensorDtype dtype;
  private final WireCursor in;
  private final int from;
  private final int to;
  private int[] shape = new int[4];
  private int rank;
  private int contentFrom;
  private int contentLength;
  private long values;
  private long textBytes;

  /** Where the next value goes, in elements. */
  private int next;

  /**
   * Reads dtype and shape.
   *
   * @param in a cursor over the request, which is moved
   * @param from where the tensor begins, and where it ends
   * @throws RefusedRequestException if the tensor is none for that input
   */
  TensorMessage(TensorSpec input, WireCursor in, int from, int to) {
    this.input = input;
    this.dtype = TensorDtype.of(input.dtype());
    this.in = in;
    this.from = from;
    this.to = to;
    long number = 0;
    in.over(from, to);
    while (in.hasMore()) {
      int tag = in.readTag();
      if (tag == DTYPE) {
        number = in.readVarint();
      } else if (tag == SHAPE) {
        readShape();
      } else if (tag == CONTENT) {
        contentLength = in.readLength();
        contentFrom = in.take(contentLength);
        textBytes += dtype == TensorDtype.STRING ? contentLength : 0;
      } else {
        count(tag);
      }
    }
    if (number != dtype.number()) {
      throw refused(
          "the tensor is of %s (expected: %s)"
              .formatted(TensorDtype.nameOf(number), input.dtype()));
    }
  }

  private void readShape() {
    int around = in.enter();
    while (in.hasMore()) {
      int tag = in.readTag();
      if (tag == DIMENSION) {
        add(readDimension());
      } else if (tag == UNKNOWN_RANK) {
        if (in.readVarint() != 0) {
          throw refused("a tensor of unknown rank (expected: one with a shape)");
        }
      } else {
        in.skip(tag);
      }
    }
    in.leave(around);
  }

  private long readDimension() {
    long size = 0;
    int around = in.enter();
    while (in.hasMore()) {
      int tag = in.readTag();
      if (tag == SIZE) {
        size = in.readVarint();
      } else {
        in.skip(tag);
      }
    }
    in.leave(around);
    return size;
  }

  private void add(long size) {
    if (size < 0 || size > Integer.MAX_VALUE || rank == MAX_RANK) {
      throw refused(
          "dimension %d is %d (expected: at most %d dimensions of 0 to %d)"
              .formatted(rank, size, MAX_RANK, Integer.MAX_VALUE));
    }
    if (rank == shape.length) {
      shape = Arrays.copyOf(shape, 2 * rank);
    }
    shape[rank++] = (int) size;
  }

  /**
   * Counts the values of a field, if they are of the dtype's; they are checked when they are read.
   */
  private void count(int tag) {
    if (tag == dtype.single() && dtype != TensorDtype.STRING) {
      in.skip(tag);
      values++;
    } else if (tag == dtype.packed()) {
      int length = in.readLength();
      int begin = in.take(length);
      switch (dtype.wireType()) {
        case WireCursor.FIXED32 -> values += length / Float.BYTES;
        case WireCursor.FIXED64 -> values += length / Double.BYTES;
        case WireCursor.VARINT -> {
          for (int i = begin; i < begin + length; i++) {
            values += in.bytes()[i] >= 0 ? 1 : 0;
          }
        }
        default -> {
          values++;
          textBytes += length;
        }
      }
    } else {
      in.skip(tag);
    }
  }

  TensorSpec input() {
    return input;
  }

  /** Whether it is a single value, for a signature that has no batch dimension. */
  boolean isScalar() {
    return rank == 0;
  }

  /** Whether its rows are bare values where the signature has rows of one element. */
  boolean isBare() {
    return rank == 1 && input.rowShape().equals(List.of(1L));
  }

  /**
   * Its rows.
   *
   * @throws RefusedRequestException if it has none
   */
  int rows() {
    if (isScalar() && !input.shape().equals(List.of(1L))) {
      throw refused("a single value (expected: a batch of rows)");
    }
    return isScalar() ? 1 : shape[0];
  }

  /** Fills a column of the input's dtype, for which it takes room. */
  void copyTo(Column column, RequestRoom room) {
    int rows = rows();
    int[] rowShape = isBare() ? ONE : Arrays.copyOfRange(shape, Math.min(1, rank), rank);
    int elements = elements(rows, rowShape);
    RequestRows.requireShape(input, rowShape);
    requireValues(elements);
    room.takeBytes((long) elements * Column.elementBytes(column.dtype()) + textBytes);
    column.reshape(rowShape, rows);
    if (contentLength > 0) {
      copyContent(column, elements);
      return;
    }
    in.over(from, to);
    while (in.hasMore()) {
      readValues(in.readTag(), column);
    }
    if (next > 0) {
      repeatLast(column, elements);
    }
  }

  private int elements(int rows, int[] rowShape) {
    // No dimension is left out, not even beside one that is 0: columns multiply all of them.
    long elements = requireSize(Math.max(1, rows));
    for (int dimension : rowShape) {
      elements = requireSize(elements * Math.max(1, dimension));
    }
    return Math.multiplyExact(rows, Column.elements(rowShape));
  }

  private long requireSize(long elements) {
    if (elements * Column.elementBytes(input.dtype()) > Integer.MAX_VALUE) {
      throw RefusedRequestException.tooLarge(
          "input %s: a tensor of the shape %s (expected: at most 2 GiB)"
              .formatted(input, Arrays.toString(Arrays.copyOf(shape, rank))));
    }
    return elements;
  }

  private void requireValues(int elements) {
    int width = input.dtype().widthBytes();
    if (contentLength > 0
        && input.dtype() != DType.STRING
        && contentLength != (long) elements * width) {
      throw refused(
          "tensor_content of %d bytes (expected: %d, for %d elements of %d bytes)"
              .formatted(contentLength, (long) elements * width, elements, width));
    }
    if (contentLength == 0 && values > elements) {
      throw refused("%d values (expected: at most %d, by its shape)".formatted(values, elements));
    }
  }

  private void copyContent(Column column, int elements) {
    if (column instanceof StringColumn strings) {
      copyTexts(strings, elements);
    } else {
      System.arraycopy(in.bytes(), contentFrom, numbers(column).bytes(), 0, contentLength);
    }
  }

  /** The lengths of all, then all of them ({@code DecodeStringList} in {@code strcat.cc}). */
  private void copyTexts(StringColumn column, int elements) {
    long text = 0;
    in.over(contentFrom, contentFrom + contentLength);
    for (int i = 0; i < elements; i++) {
      text += in.readLength();
    }
    int begin = in.position();
    if (text != in.end() - begin) {
      throw refused(
          "tensor_content has %d bytes of strings (expected: %d, by their lengths)"
              .formatted(in.end() - begin, text));
    }
    in.over(contentFrom, contentFrom + contentLength);
    for (int i = 0; i < elements; i++) {
      int end = begin + in.readLength();
      column.set(0, i, Arrays.copyOfRange(in.bytes(), begin, end));
      begin = end;
    }
  }

  private void readValues(int tag, Column column) {
    if (tag == dtype.single() && dtype != TensorDtype.STRING) {
      readValue(numbers(column));
    } else if (tag != dtype.packed()) {
      in.skip(tag);
    } else if (column instanceof StringColumn strings) {
      int length = in.readLength();
      int begin = in.take(length);
      strings.set(0, next++, Arrays.copyOfRange(in.bytes(), begin, begin + length));
    } else {
      int around = in.enter();
      if (dtype.wireType() == WireCursor.VARINT) {
        while (in.hasMore()) {
          readValue(numbers(column));
        }
      } else {
        copyValues(numbers(column));
      }
      in.leave(around);
    }
  }

  /** Floats and doubles are packed as columns hold them. */
  private void copyValues(NumericColumn column) {
    int length = in.end() - in.position();
    int width = input.dtype().widthBytes();
    if (length % width != 0) {
      throw in.malformed(length + " bytes of values (expected: a multiple of " + width + ")");
    }
    System.arraycopy(in.bytes(), in.take(length), column.bytes(), next * width, length);
    next += length / width;
  }

  private void readValue(NumericColumn column) {
    int width = input.dtype().widthBytes();
    int at = next * width;
    if (dtype.wireType() != WireCursor.VARINT) {
      System.arraycopy(in.bytes(), in.take(width), column.bytes(), at, width);
    } else {
      long value = in.readVarint();
      switch (width) {
        case Byte.BYTES ->
            column.bytes()[at] = (byte) (dtype == TensorDtype.BOOL && value != 0 ? 1 : value);
        case Short.BYTES -> column.putShort(at, (short) value);
        case Integer.BYTES -> column.putInt(at, (int) value);
        default -> column.putLong(at, value);
      }
    }
    next++;
  }

  private void repeatLast(Column column, int elements) {
    if (column instanceof StringColumn strings) {
      byte[] last = strings.get(0, next - 1);
      for (int i = next; i < elements; i++) {
        strings.set(0, i, last);
      }
    } else {
      int width = input.dtype().widthBytes();
      fill(numbers(column).bytes(), (next - 1) * width, next * width, elements * width);
    }
  }

  /** Repeats what is from {@code begin} to {@code filled}, up to {@code end}. */
  private static void fill(byte[] bytes, int begin, int filled, int end) {
    int to = filled;
    while (to < end) {
      int length = Math.min(to - begin, end - to);
      System.arraycopy(bytes, begin, bytes, to, length);
      to += length;
    }
  }

  private static NumericColumn numbers(Column column) {
    return (NumericColumn) column;
  }

  private RefusedRequestException refused(String what) {
    return RefusedRequestException.invalid("input " + input + ": " + what);
  }
}

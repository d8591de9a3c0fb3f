package io.penstock.grpc.message;

import io.penstock.codec.wire.WireCursor;
import io.penstock.codec.wire.WireWriter;
import io.penstock.model.Column;
import io.penstock.model.ModelSignature;
import io.penstock.model.NumericColumn;
import io.penstock.model.Rows;
import io.penstock.model.StringColumn;
import io.penstock.model.TensorSpec;
import io.penstock.requests.Answer;
import io.penstock.requests.ModelSpec;
import io.penstock.requests.RefusedRequestException;
import io.penstock.requests.RefusedRequestException.Code;
import io.penstock.requests.RequestRoom;
import io.penstock.requests.RequestRows;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A {@code PredictRequest}: a tensor for each input, and perhaps the outputs that are wanted.
 *
 * <p>Where the signature has rows of one element, {@code [-1,1]}, and they are given as bare
 * values, the answer's are bare as well: TensorFlow Serving feeds what it gets. The answer lists
 * values in the fields of their dtypes, as TensorFlow Serving does.
 *
 * <p>Not thread-safe: used by one thread after the other.
 */
final class PredictMessage implements PredictionRequest {

  private static final int INPUTS = WireCursor.tag(2, WireCursor.DELIMITED);
  private static final int OUTPUT_FILTER = WireCursor.tag(3, WireCursor.DELIMITED);
  private static final int KEY = WireCursor.tag(1, WireCursor.DELIMITED);
  private static final int VALUE = WireCursor.tag(2, WireCursor.DELIMITED);

  /** While it is written, the message is there twice: whole, and in frames. */
  private static final int COPIES = 2;

  private final byte[] message;
  private final WireCursor in = new WireCursor("PredictRequest");
  private final ModelSpec spec;
  private boolean[] wanted = new boolean[0];
  private boolean bare;
  private boolean scalar;

  PredictMessage(byte[] message) {
    this.message = message;
    this.spec = SpecMessage.of(message, in);
  }

  @Override
  public ModelSpec spec() {
    return spec;
  }

  /** TensorFlow Serving's, which differs between its methods ({@code predict_util.cc}). */
  @Override
  public Code unknownSignature() {
    return Code.FAILED_PRECONDITION;
  }

  @Override
  public RequestRows decode(ModelSignature signature, RequestRoom room) {
    return PredictionRequest.wellFormed(() -> read(signature, room));
  }

  private RequestRows read(ModelSignature signature, RequestRoom room) {
    TensorMessage[] tensors = new TensorMessage[signature.inputs().size()];
    boolean[] filter = new boolean[signature.outputs().size()];
    boolean isFiltered = false;
    in.over(message);
    while (in.hasMore()) {
      int tag = in.readTag();
      if (tag == INPUTS) {
        readInput(signature.inputs(), tensors);
      } else if (tag == OUTPUT_FILTER) {
        readFilter(signature.outputs(), filter);
        isFiltered = true;
      } else {
        in.skip(tag);
      }
    }
    if (!isFiltered) {
      Arrays.fill(filter, true);
    }
    wanted = filter;
    return rows(signature, tensors, room);
  }

  private void readInput(List<TensorSpec> inputs, TensorMessage[] tensors) {
    String key = "";
    int around = in.enter();
    int entryEnd = in.end();
    int from = entryEnd;
    int to = entryEnd;
    while (in.hasMore()) {
      int tag = in.readTag();
      if (tag == KEY) {
        key = SpecMessage.text(in);
      } else if (tag == VALUE) {
        int length = in.readLength();
        from = in.take(length);
        to = from + length;
      } else {
        in.skip(tag);
      }
    }
    int index = index(inputs, key);
    if (index < 0) {
      throw RefusedRequestException.invalid(
          "input tensor alias not found in signature: %s. Inputs expected to be in the set {%s}."
              .formatted(key, names(inputs)));
    }
    tensors[index] = new TensorMessage(inputs.get(index), in, from, to);
    in.over(entryEnd, entryEnd);
    in.leave(around);
  }

  private void readFilter(List<TensorSpec> outputs, boolean[] filter) {
    String name = SpecMessage.text(in);
    int index = index(outputs, name);
    if (index < 0) {
      throw RefusedRequestException.invalid(
          "output tensor alias not found in signature: %s Outputs expected to be in the set {%s}."
              .formatted(name, names(outputs)));
    }
    if (filter[index]) {
      throw RefusedRequestException.invalid("duplicate output tensor alias: " + name);
    }
    filter[index] = true;
  }

  private static int index(List<TensorSpec> specs, String name) {
    for (int i = 0; i < specs.size(); i++) {
      if (specs.get(i).name().equals(name)) {
        return i;
      }
    }
    return -1;
  }

  private static String names(List<TensorSpec> specs) {
    return specs.stream().map(TensorSpec::name).collect(Collectors.joining(","));
  }

  private RequestRows rows(
      ModelSignature signature, @Nullable TensorMessage[] tensors, RequestRoom room) {
    List<TensorSpec> inputs = signature.inputs();
    requireAll(inputs, tensors);
    Rows rows = Rows.of(inputs);
    boolean allBare = true;
    boolean allScalar = true;
    int count = -1;
    for (int i = 0; i < tensors.length; i++) {
      TensorMessage tensor = tensors[i];
      if (tensor == null) {
        continue;
      }
      if (count >= 0 && tensor.rows() != count) {
        throw RefusedRequestException.invalid(
            "input %s: %d rows (expected: %d, as others)"
                .formatted(tensor.input(), tensor.rows(), count));
      }
      count = tensor.rows();
      room.requireRows(count);
      tensor.copyTo(rows.column(i), room);
      allBare &= tensor.isBare();
      allScalar &= tensor.isScalar();
    }
    bare = allBare;
    scalar = allScalar;
    return new RequestRows(signature, rows, count);
  }

  private static void requireAll(List<TensorSpec> inputs, @Nullable TensorMessage[] tensors) {
    List<TensorSpec> sent =
        inputs.stream().filter(input -> tensors[inputs.indexOf(input)] != null).toList();
    if (sent.size() < inputs.size()) {
      throw RefusedRequestException.invalid(
          "input size does not match signature: %d!=%d len({%s}) != len({%s}). Sent extra: {}. Missing but required: {%s}."
              .formatted(
                  sent.size(),
                  inputs.size(),
                  names(sent),
                  names(inputs),
                  names(inputs.stream().filter(input -> !sent.contains(input)).toList())));
    }
  }

  @Override
  public byte[] write(Answer answer) {
    return WireWriter.bytes(
        size -> answer.room().takeBytes(COPIES * size),
        to -> {
          List<TensorSpec> outputs = answer.signature().outputs();
          for (int i = 0; i < outputs.size(); i++) {
            if (wanted[i]) {
              TensorSpec output = outputs.get(i);
              Column column = answer.outputs().column(i);
              to.message(
                  1,
                  entry -> {
                    entry.text(1, output.name());
                    entry.message(2, tensor -> write(output, column, answer.rows(), tensor));
                  });
            }
          }
          to.message(2, SpecMessage.of(answer.version(), answer.signature().name()));
        });
  }

  private void write(TensorSpec output, Column column, int rows, WireWriter to) {
    TensorDtype dtype = TensorDtype.of(column.dtype());
    to.varint(1, dtype.number());
    to.message(2, shape -> writeShape(output, column, rows, shape));
    if (column instanceof StringColumn strings) {
      for (int i = 0; i < rows * column.rowElements(); i++) {
        byte[] value = strings.get(0, i);
        to.bytes(dtype.field(), value, 0, value.length);
      }
    } else {
      writeNumbers(dtype, (NumericColumn) column, rows, to);
    }
  }

  private void writeShape(TensorSpec output, Column column, int rows, WireWriter to) {
    if (scalar && rows == 1 && output.shape().equals(List.of(1L))) {
      return;
    }
    to.message(2, dimension -> dimension.varint(1, rows));
    int[] rowShape = column.rowShape();
    if (bare && rowShape.length == 1 && rowShape[0] == 1) {
      return;
    }
    for (int size : rowShape) {
      to.message(2, dimension -> dimension.varint(1, size));
    }
  }

  private static void writeNumbers(
      TensorDtype dtype, NumericColumn column, int rows, WireWriter to) {
    if (dtype.wireType() != WireCursor.VARINT || dtype == TensorDtype.BOOL) {
      to.bytes(dtype.field(), column.bytes(), 0, rows * column.rowBytes());
      return;
    }
    to.message(
        dtype.field(),
        packed -> {
          for (int i = 0; i < rows * column.rowElements(); i++) {
            packed.rawVarint(number(dtype, column, column.offset(0, i)));
          }
        });
  }

  private static long number(TensorDtype dtype, NumericColumn column, int at) {
    return switch (dtype) {
      case INT8 -> column.bytes()[at];
      case UINT8 -> Byte.toUnsignedInt(column.bytes()[at]);
      case INT16 -> column.shortAt(at);
      case UINT16, FLOAT16, BFLOAT16 -> Short.toUnsignedInt(column.shortAt(at));
      case INT32 -> column.intAt(at);
      case UINT32 -> Integer.toUnsignedLong(column.intAt(at));
      default -> column.longAt(at);
    };
  }
}

package io.penstock.grpc.message;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import io.penstock.grpc.TextClient;
import io.penstock.model.DType;
import io.penstock.model.ModelSignature;
import io.penstock.model.ServableId;
import io.penstock.model.TensorSpec;
import io.penstock.requests.Answer;
import io.penstock.requests.RefusedRequestException;
import io.penstock.requests.RefusedRequestException.Code;
import io.penstock.requests.RequestRoom;
import io.penstock.requests.RequestRows;
import io.penstock.requests.Rooms;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Tensors against protobuf's own code, of random values; and messages that are broken at random.
 */
final class PredictMessageTest {

  private static final long SEED = Long.getLong("penstock.property.seed", 11L);
  private static final int ROUNDS = 200;
  private static final int MUTATIONS = 20_000;
  private static final int MAX_ROWS = 100;
  private static final long MAX_BYTES = 1 << 20;

  private static final Descriptor REQUEST = type("PredictRequest");
  private static final Descriptor TENSOR =
      REQUEST.findFieldByName("inputs").getMessageType().findFieldByName("value").getMessageType();

  private static Descriptor type(String name) {
    return TextClient.message(name, "").getDescriptorForType();
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void shouldReadAndWriteWhatProtobufDoes(DType dtype) throws Exception {
    Random random = new Random(SEED + dtype.ordinal());
    ModelSignature signature = signature(dtype);
    for (int round = 0; round < ROUNDS; round++) {
      int rows = 1 + random.nextInt(5);
      int width = random.nextInt(4);
      List<Object> values = new ArrayList<>();
      for (int i = 0; i < rows * width; i++) {
        values.add(value(dtype, random));
      }
      // The last value stands for those that are missing.
      int given =
          random.nextBoolean() || values.isEmpty()
              ? values.size()
              : 1 + random.nextInt(values.size());
      List<Object> missing = values.subList(given, values.size());
      Collections.fill(missing, missing.isEmpty() ? "" : values.get(given - 1));
      DynamicMessage listed = tensor(dtype, rows, width, values);
      DynamicMessage sent = tensor(dtype, rows, width, values.subList(0, given));
      byte[] request =
          request(
              dtype != DType.STRING && random.nextBoolean()
                  ? inContent(dtype, rows, width, values)
                  : random.nextBoolean() ? sent.toByteArray() : unpacked(sent));

      PredictionRequest read = PredictionRequest.predict(request);
      RequestRows decoded = read.decode(signature, room());
      DynamicMessage response =
          DynamicMessage.parseFrom(type("PredictResponse"), read.write(answer(signature, decoded)));

      assertThat(outputOf(response))
          .as("seed %d, round %d: %s", SEED, round, listed)
          .isEqualTo(listed);
    }
  }

  private static ModelSignature signature(DType dtype) {
    List<TensorSpec> tensors = List.of(new TensorSpec("x", dtype, List.of(-1L, -1L)));
    return new ModelSignature("serving_default", tensors, tensors);
  }

  private static RequestRoom room() {
    return Rooms.of(MAX_ROWS, MAX_BYTES);
  }

  /** Of a model that gives back what it gets. */
  private static Answer answer(ModelSignature signature, RequestRows rows) {
    return new Answer(new ServableId("m", 1), "f", signature, rows.rows(), rows.count(), room());
  }

  private static Object outputOf(DynamicMessage response) {
    FieldDescriptor outputs = response.getDescriptorForType().findFieldByName("outputs");
    DynamicMessage entry = (DynamicMessage) response.getRepeatedField(outputs, 0);
    return entry.getField(outputs.getMessageType().findFieldByName("value"));
  }

  private static Object value(DType dtype, Random random) {
    return switch (dtype) {
      case FLOAT32 -> random.nextFloat() * 1e6f;
      case FLOAT64 -> random.nextDouble() * 1e300;
      case BOOL -> random.nextBoolean();
      case STRING ->
          ByteString.copyFrom(new byte[] {(byte) random.nextInt(), 0, -1}, 0, random.nextInt(3));
      case INT8 -> (int) (byte) random.nextInt();
      case UINT8 -> random.nextInt(1 << 8);
      case INT16 -> (int) (short) random.nextInt();
      case UINT16, FLOAT16, BFLOAT16 -> random.nextInt(1 << 16);
      case INT32, UINT32 -> random.nextInt() >> random.nextInt(32);
      case INT64, UINT64 -> random.nextLong() >> random.nextInt(64);
    };
  }

  private static DynamicMessage tensor(DType dtype, int rows, int width, List<Object> values) {
    FieldDescriptor field = TENSOR.findFieldByNumber(TensorDtype.of(dtype).field());
    FieldDescriptor inputs = REQUEST.findFieldByName("inputs");
    DynamicMessage request =
        TextClient.message(
            "PredictRequest",
            "inputs {key: 'x' value {dtype: %s tensor_shape {dim {size: %d} dim {size: %d}}}}"
                .formatted(dataType(dtype), rows, width));
    DynamicMessage entry = (DynamicMessage) request.getRepeatedField(inputs, 0);
    DynamicMessage.Builder tensor =
        ((DynamicMessage) entry.getField(inputs.getMessageType().findFieldByName("value")))
            .toBuilder();
    values.forEach(value -> tensor.addRepeatedField(field, value));
    return tensor.build();
  }

  private static String dataType(DType dtype) {
    return switch (dtype) {
      case FLOAT32 -> "DT_FLOAT";
      case FLOAT64 -> "DT_DOUBLE";
      case FLOAT16 -> "DT_HALF";
      default -> "DT_" + dtype.name();
    };
  }

  private static byte[] inContent(DType dtype, int rows, int width, List<Object> values) {
    ByteBuffer content =
        ByteBuffer.allocate(values.size() * dtype.widthBytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (Object value : values) {
      switch (dtype) {
        case FLOAT32 -> content.putFloat((Float) value);
        case FLOAT64 -> content.putDouble((Double) value);
        case BOOL -> content.put((byte) ((Boolean) value ? 1 : 0));
        default -> {
          long bits = ((Number) value).longValue();
          for (int i = 0; i < dtype.widthBytes(); i++) {
            content.put((byte) (bits >>> (Byte.SIZE * i)));
          }
        }
      }
    }
    return tensor(dtype, rows, width, List.of()).toBuilder()
        .setField(TENSOR.findFieldByName("tensor_content"), ByteString.copyFrom(content.array()))
        .build()
        .toByteArray();
  }

  /** The same, each value on its own, as writers of proto2 have it; and the dtype last. */
  private static byte[] unpacked(DynamicMessage tensor) throws IOException {
    ByteString.Output bytes = ByteString.newOutput();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    for (var field : tensor.getAllFields().entrySet()) {
      if (!field.getKey().isRepeated()) {
        continue;
      }
      for (Object value : (List<?>) field.getValue()) {
        write(out, field.getKey(), value);
      }
    }
    FieldDescriptor shape = TENSOR.findFieldByName("tensor_shape");
    out.writeMessage(shape.getNumber(), (DynamicMessage) tensor.getField(shape));
    FieldDescriptor dtype = TENSOR.findFieldByName("dtype");
    out.writeEnum(dtype.getNumber(), ((EnumValueDescriptor) tensor.getField(dtype)).getNumber());
    out.flush();
    return bytes.toByteString().toByteArray();
  }

  private static void write(CodedOutputStream out, FieldDescriptor field, Object value)
      throws IOException {
    int number = field.getNumber();
    switch (field.getType()) {
      case FLOAT -> out.writeFloat(number, (Float) value);
      case DOUBLE -> out.writeDouble(number, (Double) value);
      case BOOL -> out.writeBool(number, (Boolean) value);
      case BYTES -> out.writeBytes(number, (ByteString) value);
      case INT32 -> out.writeInt32(number, (Integer) value);
      case UINT32 -> out.writeUInt32(number, (Integer) value);
      case INT64 -> out.writeInt64(number, (Long) value);
      case UINT64 -> out.writeUInt64(number, (Long) value);
      default -> throw new AssertionError(field);
    }
  }

  /** A request of that tensor for x, its bytes as they are. */
  private static byte[] request(byte[] tensor) throws IOException {
    ByteString.Output entry = ByteString.newOutput();
    CodedOutputStream fields = CodedOutputStream.newInstance(entry);
    fields.writeString(1, "x");
    fields.writeByteArray(2, tensor);
    fields.flush();
    ByteString.Output request = ByteString.newOutput();
    CodedOutputStream out = CodedOutputStream.newInstance(request);
    out.writeRawBytes(TextClient.message("PredictRequest", "model_spec {name: 'm'}").toByteArray());
    out.writeBytes(2, entry.toByteString());
    out.flush();
    return request.toByteString().toByteArray();
  }

  @Test
  void shouldRefuseBrokenMessagesAndMakeRoomForNone() throws Exception {
    Random random = new Random(SEED);
    List<DType> dtypes = List.copyOf(EnumSet.allOf(DType.class));
    int refused = 0;
    for (int round = 0; round < MUTATIONS; round++) {
      DType dtype = dtypes.get(random.nextInt(dtypes.size()));
      byte[] message =
          request(
              tensor(
                      dtype,
                      2,
                      2,
                      List.of(
                          value(dtype, random),
                          value(dtype, random),
                          value(dtype, random),
                          value(dtype, random)))
                  .toByteArray());
      mutate(message, random);
      try {
        RequestRows rows = PredictionRequest.predict(message).decode(signature(dtype), room());
        assertThat(rows.count()).isBetween(1, MAX_ROWS);
      } catch (RefusedRequestException e) {
        assertThat(e.code())
            .as("seed %d, round %d: %s", SEED, round, e.getMessage())
            .isIn(Code.INVALID_ARGUMENT, Code.RESOURCE_EXHAUSTED, Code.UNAVAILABLE);
        refused++;
      }
    }
    assertThat(refused).isBetween(MUTATIONS / 10, MUTATIONS - 1);
  }

  private static void mutate(byte[] message, Random random) {
    for (int i = random.nextInt(4); i >= 0; i--) {
      message[random.nextInt(message.length)] = (byte) random.nextInt();
    }
  }
}

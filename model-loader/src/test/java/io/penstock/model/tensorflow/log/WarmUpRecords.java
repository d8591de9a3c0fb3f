package io.penstock.model.tensorflow.log;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.tensorflow.proto.Example;
import org.tensorflow.proto.TensorProto;

/** Writes requests as TensorFlow Serving records them, message by message. */
public final class WarmUpRecords {

  private static final int CLASSIFY_LOG = 2;
  private static final int REGRESS_LOG = 3;
  private static final int MULTI_INFERENCE_LOG = 4;
  private static final int PREDICT_LOG = 6;

  private final ByteArrayOutputStream file = new ByteArrayOutputStream();

  /** A Predict request; an empty signature stands for the default. */
  public WarmUpRecords predict(String signature, Map<String, TensorProto> inputs) {
    UnknownFieldSet.Builder request = request(signature);
    inputs.forEach(
        (name, tensor) ->
            add(request, 2, message(1, ByteString.copyFromUtf8(name), 2, tensor.toByteString())));
    return log(PREDICT_LOG, request);
  }

  public WarmUpRecords classify(String signature, Example... examples) {
    return log(CLASSIFY_LOG, examples(signature, examples));
  }

  public WarmUpRecords regress(String signature, Example... examples) {
    return log(REGRESS_LOG, examples(signature, examples));
  }

  /** A Regress request whose examples share a context. */
  WarmUpRecords regressWithContext(String signature, Example context, Example... examples) {
    UnknownFieldSet.Builder list = UnknownFieldSet.newBuilder();
    List.of(examples).forEach(example -> add(list, 1, example.toByteString()));
    add(list, 2, context.toByteString());
    return log(REGRESS_LOG, add(request(signature), 2, message(2, list.build().toByteString())));
  }

  /** A request for several signatures at once. */
  WarmUpRecords multiInference(List<String> signatures, Example example) {
    UnknownFieldSet.Builder request = UnknownFieldSet.newBuilder();
    signatures.forEach(signature -> add(request, 1, request(signature).build().toByteString()));
    add(request, 2, message(1, message(1, example.toByteString())));
    return log(MULTI_INFERENCE_LOG, request);
  }

  /** A log of that kind, with nothing in it that is known here. */
  public WarmUpRecords log(int kind) {
    return log(kind, UnknownFieldSet.newBuilder());
  }

  /** A record of those bytes, whatever they are. */
  public WarmUpRecords record(byte[] record) {
    byte[] length = littleEndian(Long.BYTES).putLong(record.length).array();
    file.writeBytes(length);
    file.writeBytes(checksum(length));
    file.writeBytes(record);
    file.writeBytes(checksum(record));
    return this;
  }

  public byte[] toBytes() {
    return file.toByteArray();
  }

  /** Puts the file where a version has it. */
  public void writeTo(Path version) throws IOException {
    Files.createDirectories(version.resolve("assets.extra"));
    Files.write(version.resolve("assets.extra/tf_serving_warmup_requests"), toBytes());
  }

  private WarmUpRecords log(int kind, UnknownFieldSet.Builder request) {
    return record(message(kind, message(1, request.build().toByteString())).toByteArray());
  }

  private static UnknownFieldSet.Builder examples(String signature, Example... examples) {
    UnknownFieldSet.Builder list = UnknownFieldSet.newBuilder();
    List.of(examples).forEach(example -> add(list, 1, example.toByteString()));
    return add(request(signature), 2, message(1, list.build().toByteString()));
  }

  private static UnknownFieldSet.Builder request(String signature) {
    ByteString modelSpec =
        message(1, ByteString.copyFromUtf8("model"), 3, ByteString.copyFromUtf8(signature));
    return add(UnknownFieldSet.newBuilder(), 1, modelSpec);
  }

  private static ByteString message(int number, ByteString value) {
    return add(UnknownFieldSet.newBuilder(), number, value).build().toByteString();
  }

  private static ByteString message(int first, ByteString one, int second, ByteString other) {
    return add(add(UnknownFieldSet.newBuilder(), first, one), second, other).build().toByteString();
  }

  private static UnknownFieldSet.Builder add(
      UnknownFieldSet.Builder message, int number, ByteString value) {
    return message.mergeField(
        number, UnknownFieldSet.Field.newBuilder().addLengthDelimited(value).build());
  }

  private static byte[] checksum(byte[] bytes) {
    return littleEndian(Integer.BYTES)
        .putInt(RecordFile.maskedChecksum(bytes, bytes.length))
        .array();
  }

  private static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}

package io.penstock.model.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.penstock.model.DType;
import io.penstock.model.ModelException;
import io.penstock.model.ModelSignature;
import io.penstock.model.NumericColumn;
import io.penstock.model.ServableId;
import io.penstock.model.StringColumn;
import io.penstock.model.TensorSpec;
import io.penstock.model.fitness.RecordedRequest;
import io.penstock.model.tensorflow.log.WarmUpRecords;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.Example;
import org.tensorflow.proto.Feature;
import org.tensorflow.proto.Features;
import org.tensorflow.proto.FloatList;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

final class WarmUpFileTest {

  private static final ModelSignature NUMBERS =
      new ModelSignature(
          "serving_default",
          List.of(
              new TensorSpec("n", DType.INT64, List.of(-1L)),
              new TensorSpec("x", DType.FLOAT32, List.of(-1L, 2L))),
          List.of());
  private static final ModelSignature EXAMPLES =
      new ModelSignature(
          "classify", List.of(new TensorSpec("inputs", DType.STRING, List.of(-1L))), List.of());

  @TempDir private Path version;

  @Test
  void shouldHaveNoRequestsWithoutAFile() {
    assertThat(read()).isEmpty();
  }

  @Test
  void shouldReadPredictRequests() throws IOException {
    // given: one tensor as bytes, the other as a list whose last value stands for the rest
    TensorProto x =
        tensor(DataType.DT_FLOAT, 2, 2)
            .setTensorContent(
                ByteString.copyFrom(
                    ByteBuffer.allocate(16)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putFloat(1)
                        .putFloat(2)
                        .putFloat(3)
                        .putFloat(4)
                        .array()))
            .build();
    TensorProto n = tensor(DataType.DT_INT64, 2).addInt64Val(7).build();
    new WarmUpRecords().predict("", Map.of("x", x, "n", n)).writeTo(version);

    // when
    List<RecordedRequest> requests = read();

    // then
    assertThat(requests).hasSize(1);
    assertThat(requests.get(0).signature()).isEqualTo(NUMBERS);
    assertThat(requests.get(0).rows()).isEqualTo(2);
    NumericColumn numbers = (NumericColumn) requests.get(0).inputs().column(0);
    assertThat(numbers.longAt(8)).isEqualTo(7);
    NumericColumn floats = (NumericColumn) requests.get(0).inputs().column(1);
    assertThat(floats.floatAt(floats.offset(1, 0))).isEqualTo(3);
  }

  @Test
  void shouldReadClassifyAndRegressRequestsAsSerializedExamples() throws IOException {
    // given
    new WarmUpRecords()
        .classify("classify", example("x", 1), example("x", 2))
        .regress("classify", example("x", 3))
        .writeTo(version);

    // when
    List<RecordedRequest> requests = read();

    // then
    assertThat(requests).extracting(RecordedRequest::rows).containsExactly(2, 1);
    StringColumn column = (StringColumn) requests.get(0).inputs().column(0);
    assertThat(Example.parseFrom(column.get(1, 0))).isEqualTo(example("x", 2));
  }

  @Test
  void shouldPassOverKindsOfLogsThatTensorFlowServingPassesOver() throws IOException {
    new WarmUpRecords().log(7).record(new byte[0]).writeTo(version);

    assertThat(read()).isEmpty();
  }

  @Test
  void shouldRefuseTheKindOfLogThatTensorFlowServingRefuses() throws IOException {
    assertRefused(
        new WarmUpRecords().log(5),
        "record 1: a SessionRunLog (expected: Predict, Classify, Regress or MultiInference)");
  }

  @Test
  void shouldRefuseWhatIsNoRecordFile() throws IOException {
    new WarmUpRecords().writeTo(version);
    Files.writeString(version.resolve(WarmUpFile.NAME), "not a record file, whatever it is");

    assertThatThrownBy(this::read)
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith(
            "half/1: its warm-up requests cannot be run: %s, record 1: a length has the checksum"
                .formatted(version.resolve(WarmUpFile.NAME)))
        .hasMessageEndingWith(
            "Record them again as TFRecords of PredictionLog, or remove the file.");
  }

  @Test
  void shouldRefuseARecordThatIsNoPredictionLog() throws IOException {
    new WarmUpRecords().record("\u0007neither".getBytes(StandardCharsets.UTF_8)).writeTo(version);

    assertThatThrownBy(this::read)
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("record 1");
  }

  @Test
  void shouldRefuseRequestsThatDoNotFitTheVersion() throws IOException {
    TensorProto n = tensor(DataType.DT_INT64, 2).addInt64Val(7).build();
    TensorProto three = tensor(DataType.DT_FLOAT, 3, 2).addFloatVal(1).build();
    TensorProto text = tensor(DataType.DT_STRING, 2, 2).build();

    assertRefused(new WarmUpRecords().predict("", Map.of("n", n)), "inputs [n] (expected: [n, x])");
    assertRefused(
        new WarmUpRecords().predict("", Map.of("n", n, "x", three)),
        "input x: float32[-1,2]: 3 rows (expected: as many as the others, 1 or more)");
    assertRefused(
        new WarmUpRecords().predict("", Map.of("n", n, "x", text)),
        "input x: float32[-1,2]: DT_STRING[2, 2] (expected: as the signature says)");
    assertRefused(
        new WarmUpRecords().classify("serving_default", example("x", 1)),
        "Examples for signature serving_default");
  }

  @Test
  void shouldPassOverWhatIsNotAskedFor() throws IOException {
    // given an unknown log, a signature that nobody runs, and one that the model does not have
    new WarmUpRecords()
        .log(7)
        .regress("classify", example("x", 1))
        .classify("gone", example("x", 1))
        .classify("gone", example("x", 2))
        .writeTo(version);
    List<RecordedRequest> requests = new ArrayList<>();

    // when
    Map<String, Integer> passedOver = file().forEach(Set.of("serving_default"), requests::add);

    // then
    assertThat(requests).isEmpty();
    assertThat(passedOver)
        .isEqualTo(
            Map.of(
                "no Predict, Classify, Regress or MultiInference",
                1,
                "signature classify",
                1,
                "signature gone",
                2));
  }

  @Test
  void shouldReadNoMoreThanAThousandRecords() throws IOException {
    WarmUpRecords records = new WarmUpRecords();
    for (int i = 0; i < 1001; i++) {
      var unused = records.regress("classify", example("x", i));
    }
    assertRefused(records, "record 1001: more than 1000 records");
  }

  private void assertRefused(WarmUpRecords records, String reason) throws IOException {
    records.writeTo(version);
    assertThatThrownBy(this::read).isInstanceOf(ModelException.class).hasMessageContaining(reason);
  }

  private List<RecordedRequest> read() {
    List<RecordedRequest> requests = new ArrayList<>();
    var unused = file().forEach(Set.of("serving_default", "classify"), requests::add);
    return requests;
  }

  private WarmUpFile file() {
    return new WarmUpFile(
        new ServableId("half", 1),
        version,
        new TreeMap<>(Map.of("serving_default", NUMBERS, "classify", EXAMPLES)));
  }

  private static TensorProto.Builder tensor(DataType dtype, long... shape) {
    TensorShapeProto.Builder dimensions = TensorShapeProto.newBuilder();
    for (long size : shape) {
      dimensions.addDimBuilder().setSize(size);
    }
    return TensorProto.newBuilder().setDtype(dtype).setTensorShape(dimensions);
  }

  static Example example(String feature, float value) {
    return Example.newBuilder()
        .setFeatures(
            Features.newBuilder()
                .putFeature(
                    feature,
                    Feature.newBuilder()
                        .setFloatList(FloatList.newBuilder().addValue(value))
                        .build()))
        .build();
  }
}

package io.penstock.codec.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.codec.AnyVersion;
import io.penstock.codec.DeadLetterReason;
import io.penstock.codec.OutputChoice;
import io.penstock.codec.OutputSettings;
import io.penstock.codec.UndecodableRecordException;
import io.penstock.model.DType;
import io.penstock.model.ModelSignature;
import io.penstock.model.NumericColumn;
import io.penstock.model.Rows;
import io.penstock.model.StringColumn;
import io.penstock.model.TensorSpec;
import io.penstock.registry.NoRegistry;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonPredictionEncoderTest {

  @Test
  void shouldWriteAMemberForEachOutput() {
    List<TensorSpec> outputs =
        List.of(
            new TensorSpec("dense/Softmax:0", DType.FLOAT32, List.of(-1L, 2L, 1L)),
            new TensorSpec("flag", DType.BOOL, List.of(-1L)),
            new TensorSpec("none", DType.INT8, List.of(-1L, 0L)),
            new TensorSpec("text", DType.STRING, List.of(-1L)),
            new TensorSpec("u", DType.UINT64, List.of(-1L)));
    Rows rows = Rows.of(outputs, 2);
    NumericColumn scores = (NumericColumn) rows.column(0);
    scores.putFloat(scores.offset(1, 0), 0.1f);
    scores.putFloat(scores.offset(1, 1), 2e-3f);
    ((NumericColumn) rows.column(1)).bytes()[1] = 1;
    ((StringColumn) rows.column(3)).set(1, 0, "ä\"\n".getBytes(UTF_8));
    ((NumericColumn) rows.column(4)).putLong(8, -1);

    assertThat(encode(OutputChoice.ALL, outputs, rows, 1))
        .isEqualTo(
            "{\"dense/Softmax:0\":[[0.1],[0.002]],\"flag\":true,\"none\":[],\"text\":\"ä\\\"\\n\","
                + "\"u\":18446744073709551615}");
  }

  @Test
  void shouldWriteWhatIsNotFiniteAsTensorFlowServingDoes() {
    List<TensorSpec> outputs = List.of(new TensorSpec("y", DType.FLOAT64, List.of(-1L, 3L)));
    Rows rows = Rows.of(outputs, 1);
    NumericColumn y = (NumericColumn) rows.column(0);
    y.putDouble(0, Double.NaN);
    y.putDouble(8, Double.POSITIVE_INFINITY);
    y.putDouble(16, Double.NEGATIVE_INFINITY);

    assertThat(encode(OutputChoice.ALL, outputs, rows, 0))
        .isEqualTo("{\"y\":[NaN,Infinity,-Infinity]}");
  }

  @Test
  void shouldWriteBytesInBase64() {
    List<TensorSpec> outputs = List.of(new TensorSpec("image_bytes", DType.STRING, List.of(-1L)));
    Rows rows = Rows.of(outputs, 1);
    ((StringColumn) rows.column(0)).set(0, 0, new byte[] {(byte) 0xff});

    assertThat(encode(OutputChoice.ALL, outputs, rows, 0))
        .isEqualTo("{\"image_bytes\":{\"b64\":\"/w==\"}}");
  }

  @Test
  void shouldRefuseTextThatIsNotUtf8() {
    List<TensorSpec> outputs = List.of(new TensorSpec("text", DType.STRING, List.of(-1L)));
    Rows rows = Rows.of(outputs, 1);
    ((StringColumn) rows.column(0)).set(0, 0, new byte[] {(byte) 0xff});

    assertThatThrownBy(() -> encode(OutputChoice.ALL, outputs, rows, 0))
        .isInstanceOfSatisfying(
            UndecodableRecordException.class,
            e -> assertThat(e.reason()).isEqualTo(DeadLetterReason.UNENCODABLE))
        .hasMessageContaining("Output text: string[-1]");
    // then the thread's buffers are good for the next one
    ((StringColumn) rows.column(0)).set(0, 0, new byte[] {'a'});
    assertThat(encode(OutputChoice.ALL, outputs, rows, 0)).isEqualTo("{\"text\":\"a\"}");
  }

  @Test
  void shouldWriteChosenOutputsByTheirNewNames() {
    List<TensorSpec> outputs =
        List.of(
            new TensorSpec("a", DType.INT32, List.of(-1L)),
            new TensorSpec("b", DType.INT32, List.of(-1L)),
            new TensorSpec("c", DType.INT32, List.of(-1L)));
    Rows rows = Rows.of(outputs, 1);
    for (int i = 0; i < 3; i++) {
      ((NumericColumn) rows.column(i)).putInt(0, i);
    }

    assertThat(encode(OutputChoice.of(List.of("c as a1", "a")), outputs, rows, 0))
        .isEqualTo("{\"a\":0,\"a1\":2}");
  }

  private static String encode(OutputChoice choice, List<TensorSpec> outputs, Rows rows, int row) {
    ModelSignature signature = new ModelSignature("serving_default", List.of(), outputs);
    byte[] json =
        new JsonOutputFormat(new OutputSettings("out", choice, Map.of(), new NoRegistry(), false))
            .encoder(AnyVersion.of("m", 1), signature)
            .encode(rows, row);
    return new String(json, UTF_8);
  }
}

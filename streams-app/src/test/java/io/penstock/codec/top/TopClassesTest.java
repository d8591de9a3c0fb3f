package io.penstock.codec.top;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.codec.AnyVersion;
import io.penstock.codec.MappingException;
import io.penstock.codec.OutputChoice;
import io.penstock.codec.OutputSettings;
import io.penstock.codec.PredictionEncoder;
import io.penstock.codec.UndecodableRecordException;
import io.penstock.codec.avro.PredictionSchemas;
import io.penstock.codec.json.JsonOutputFormat;
import io.penstock.model.DType;
import io.penstock.model.HalfPrecision;
import io.penstock.model.ModelSignature;
import io.penstock.model.NumericColumn;
import io.penstock.model.Rows;
import io.penstock.model.ServableId;
import io.penstock.model.TensorSpec;
import io.penstock.registry.NoRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TopClassesTest {

  private static final String LABELS = "assets/labels.txt";

  @TempDir private Path folder;
  private AnyVersion version;

  @BeforeEach
  void writeLabels() throws IOException {
    Files.createDirectories(folder.resolve("assets"));
    Files.writeString(folder.resolve(LABELS), "ant\nbee\ncät\n");
    version = new AnyVersion(new ServableId("animals", 1), folder);
  }

  @Test
  void shouldHoldTheBestClassesByName() {
    assertThat(encode(2, LABELS, DType.FLOAT32, 0.25, 0.5, 0.75))
        .isEqualTo("{\"classes\":[\"cät\",\"bee\"],\"id\":7,\"scores\":[0.75,0.5]}");
  }

  @Test
  void shouldHoldIndicesWhereThereAreNoLabels() {
    assertThat(encode(1, null, DType.FLOAT64, 0.25, 0.5, 0.75))
        .isEqualTo("{\"classes\":[2],\"id\":7,\"scores\":[0.75]}");
  }

  @Test
  void shouldHoldAllClassesWhereThereAreNoMore() {
    assertThat(encode(9, null, DType.FLOAT16, 1, 3, 2))
        .isEqualTo("{\"classes\":[1,2,0],\"id\":7,\"scores\":[3.0,2.0,1.0]}");
  }

  @Test
  void shouldKeepTheOrderOfEqualScoresAndPutNaNLast() {
    assertThat(encode(4, null, DType.BFLOAT16, Double.NaN, 1, 2, 1))
        .isEqualTo("{\"classes\":[2,1,3,0],\"id\":7,\"scores\":[2.0,1.0,1.0,NaN]}");
  }

  @Test
  void shouldFindWhatSortingFinds() {
    long seed = Long.getLong("penstock.property.seed", 1L);
    Random random = new Random(seed);
    for (int round = 0; round < 500; round++) {
      double[] scores = random.ints(1 + random.nextInt(12), 0, 6).asDoubleStream().toArray();
      int count = 1 + random.nextInt(8);
      List<Integer> expected =
          IntStream.range(0, scores.length)
              .boxed()
              .sorted(Comparator.comparing((Integer i) -> -scores[i]))
              .limit(count)
              .toList();

      assertThat(encode(count, null, DType.FLOAT32, scores))
          .as("seed %d, round %d", seed, round)
          .startsWith("{\"classes\":" + expected.toString().replace(" ", "") + ",");
    }
  }

  @Test
  void shouldShowClassesAndScoresInTheSchema() {
    ModelSignature shown = new TopClasses("probabilities", 2, LABELS).of(signature(3));

    assertThat(PredictionSchemas.of("animals", shown, OutputChoice.ALL).getFields().toString())
        .isEqualTo("[classes type:ARRAY pos:0, id type:LONG pos:1, scores type:ARRAY pos:2]");
  }

  @Test
  void shouldRefuseAVersionWithoutALabelForEachClass() {
    assertThatThrownBy(() -> encoder(new TopClasses("probabilities", 1, LABELS), signature(4)))
        .isInstanceOf(MappingException.class)
        .hasMessageContaining("assets/labels.txt of animals/1 has 3 lines (expected: 4,");
    assertThatThrownBy(() -> encoder(new TopClasses("probabilities", 1, "no.txt"), signature(3)))
        .isInstanceOf(MappingException.class)
        .hasMessageContaining("no.txt of animals/1 cannot be read");
    assertThatThrownBy(() -> encoder(new TopClasses("probabilities", 1, "../x"), signature(3)))
        .isInstanceOf(MappingException.class)
        .hasMessageContaining("expected: a path in the version's folder");
  }

  @Test
  void shouldRefuseARowWithMoreClassesThanLabels() {
    assertThatThrownBy(() -> encode(1, LABELS, -1, DType.FLOAT32, 1, 2, 3, 4))
        .isInstanceOf(UndecodableRecordException.class)
        .hasMessageContaining("class 3 has no label");
  }

  @Test
  void shouldRefuseWhatAreNoScores() {
    assertThatThrownBy(() -> new TopClasses("id", 1, null).of(signature(3)))
        .isInstanceOf(MappingException.class)
        .hasMessageContaining("output.top-classes.of: id: int64[-1] (expected: an output with one");
    assertThatThrownBy(() -> new TopClasses("no", 1, null).of(signature(3)))
        .isInstanceOf(MappingException.class)
        .hasMessageContaining("output.top-classes.of: no (expected: an output of signature");
    ModelSignature taken =
        new ModelSignature(
            "s",
            List.of(),
            List.of(
                new TensorSpec("p", DType.FLOAT32, List.of(-1L, 3L)),
                new TensorSpec("scores", DType.FLOAT32, List.of(-1L))));
    assertThatThrownBy(() -> new TopClasses("p", 1, null).of(taken))
        .isInstanceOf(MappingException.class)
        .hasMessageContaining("has an output scores: float32[-1] of its own");
  }

  private String encode(int count, @Nullable String labels, DType dtype, double... scores) {
    return encode(count, labels, scores.length, dtype, scores);
  }

  /** The prediction of the second of two rows. */
  private String encode(
      int count, @Nullable String labels, long classes, DType dtype, double... scores) {
    ModelSignature signature = signature(classes, dtype);
    Rows rows = Rows.of(signature.outputs(), 2);
    ((NumericColumn) rows.column(0)).putLong(Long.BYTES, 7);
    NumericColumn probabilities = (NumericColumn) rows.column(1);
    probabilities.reshape(new int[] {scores.length}, 2);
    for (int i = 0; i < scores.length; i++) {
      int offset = probabilities.offset(1, i);
      switch (dtype) {
        case FLOAT16 -> probabilities.putShort(offset, HalfPrecision.toFloat16(scores[i]));
        case BFLOAT16 -> probabilities.putShort(offset, HalfPrecision.toBfloat16(scores[i]));
        case FLOAT32 -> probabilities.putFloat(offset, (float) scores[i]);
        default -> probabilities.putDouble(offset, scores[i]);
      }
    }
    TopClasses top = new TopClasses("probabilities", count, labels);
    return new String(encoder(top, signature).encode(rows, 1), UTF_8);
  }

  private PredictionEncoder encoder(TopClasses top, ModelSignature signature) {
    OutputSettings settings =
        new OutputSettings("out", OutputChoice.ALL, Map.of(), new NoRegistry(), false);
    return new TopClassesFormat(new JsonOutputFormat(settings), top).encoder(version, signature);
  }

  private static ModelSignature signature(long classes) {
    return signature(classes, DType.FLOAT32);
  }

  private static ModelSignature signature(long classes, DType dtype) {
    return new ModelSignature(
        "serving_default",
        List.of(),
        List.of(
            new TensorSpec("probabilities", dtype, List.of(-1L, classes)),
            new TensorSpec("id", DType.INT64, List.of(-1L))));
  }
}

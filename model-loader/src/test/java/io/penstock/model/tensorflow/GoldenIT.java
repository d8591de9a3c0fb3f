package io.penstock.model.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.penstock.model.Column;
import io.penstock.model.ModelSignature;
import io.penstock.model.NumericColumn;
import io.penstock.model.Rows;
import io.penstock.model.ServableId;
import io.penstock.model.StringColumn;
import io.penstock.model.TensorSpec;
import io.penstock.model.TestModels;
import io.penstock.model.loading.LoadedModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every example predicts what TensorFlow in Python predicted when it was made. */
final class GoldenIT {

  private static final double TOLERANCE = 1e-5;

  /** JUnit fails the test if there are none. */
  static List<Path> goldenFiles() {
    return TestModels.children(TestModels.examples()).stream()
        .filter(java.nio.file.Files::isDirectory)
        .flatMap(model -> TestModels.children(model).stream())
        .filter(file -> file.getFileName().toString().matches("golden-\\d+\\.json"))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("goldenFiles")
  void shouldPredictWhatPythonPredicted(Path file) throws IOException {
    // given
    JsonNode golden = new ObjectMapper().readTree(file.toFile());
    ServableId id = new ServableId(golden.get("model").asText(), golden.get("version").asLong());
    String name = golden.get("signature").asText();
    Path directory = file.resolveSibling(Long.toString(id.version()));
    try (LoadedModel model =
        new SavedModelLoader(SessionSettings.defaults()).load(id, directory, Set.of(name))) {
      ModelSignature signature = model.signature(name).orElseThrow();
      Rows inputs = Rows.of(signature.inputs());
      Rows outputs = Rows.of(signature.outputs());
      int rows = 0;
      for (int i = 0; i < signature.inputs().size(); i++) {
        JsonNode input = golden.get("inputs").get(signature.inputs().get(i).name());
        rows = input.get("shape").get(0).asInt();
        fill(inputs.column(i), input);
      }

      // when
      model.run(signature, inputs, rows, outputs);

      // then
      for (int i = 0; i < signature.outputs().size(); i++) {
        TensorSpec spec = signature.outputs().get(i);
        verify(spec, outputs.column(i), golden.get("outputs").get(spec.name()));
      }
    }
  }

  private static void fill(Column column, JsonNode tensor) {
    int[] shape = ints(tensor.get("shape"));
    column.reshape(IntStream.of(shape).skip(1).toArray(), shape[0]);
    JsonNode values = tensor.get("values");
    for (int row = 0, i = 0; row < shape[0]; row++) {
      for (int element = 0; element < column.rowElements(); element++) {
        set(column, row, element, values.get(i++));
      }
    }
  }

  private static void set(Column column, int row, int element, JsonNode value) {
    if (column instanceof StringColumn strings) {
      strings.set(row, element, value.asText().getBytes(StandardCharsets.UTF_8));
    } else if (column instanceof NumericColumn numbers) {
      int offset = numbers.offset(row, element);
      switch (column.dtype()) {
        case FLOAT32 -> numbers.putFloat(offset, (float) value.asDouble());
        case INT64 -> numbers.putLong(offset, value.asLong());
        default -> throw new IllegalArgumentException("dtype: " + column.dtype());
      }
    }
  }

  private static void verify(TensorSpec spec, Column column, JsonNode tensor) {
    int[] shape = ints(tensor.get("shape"));
    assertThat(column.rowShape()).as(spec.name()).isEqualTo(IntStream.of(shape).skip(1).toArray());
    JsonNode values = tensor.get("values");
    for (int row = 0, i = 0; row < shape[0]; row++) {
      for (int element = 0; element < column.rowElements(); element++, i++) {
        verify(spec, column, row, element, values.get(i));
      }
    }
  }

  private static void verify(
      TensorSpec spec, Column column, int row, int element, JsonNode expected) {
    if (column instanceof StringColumn strings) {
      assertThat(new String(strings.get(row, element), StandardCharsets.UTF_8))
          .as("%s, row %d", spec, row)
          .isEqualTo(expected.asText());
    } else if (column instanceof NumericColumn numbers) {
      int offset = numbers.offset(row, element);
      double actual =
          switch (column.dtype()) {
            case FLOAT32 -> numbers.floatAt(offset);
            case INT64 -> numbers.longAt(offset);
            default -> throw new IllegalArgumentException("dtype: " + column.dtype());
          };
      assertThat(actual)
          .as("%s, row %d", spec, row)
          .isCloseTo(expected.asDouble(), within(TOLERANCE));
    }
  }

  private static int[] ints(JsonNode array) {
    return Stream.of(array)
        .flatMapToInt(node -> IntStream.range(0, node.size()).map(i -> node.get(i).asInt()))
        .toArray();
  }
}

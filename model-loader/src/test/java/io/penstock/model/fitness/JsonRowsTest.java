package io.penstock.model.fitness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.penstock.model.Column;
import io.penstock.model.DType;
import io.penstock.model.NumericColumn;
import io.penstock.model.Rows;
import io.penstock.model.StringColumn;
import io.penstock.model.TensorSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class JsonRowsTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void shouldReadAValueWithoutItsNameWhereThereIsButOne() throws Exception {
    // given
    List<TensorSpec> specs = List.of(spec("x", DType.FLOAT32, -1, 2));

    // when
    Rows rows = JsonRows.read(specs, List.of(json("[1, 2.5]"), json("{\"x\": [3, 4]}")));

    // then
    NumericColumn x = (NumericColumn) rows.column(0);
    assertThat(x.floatAt(x.offset(0, 1))).isEqualTo(2.5f);
    assertThat(x.floatAt(x.offset(1, 0))).isEqualTo(3);
  }

  @Test
  void shouldReadBytesAsBase64() throws Exception {
    List<TensorSpec> specs = List.of(spec("text", DType.STRING, -1));

    Rows rows = JsonRows.read(specs, List.of(json("{\"b64\": \"/wA=\"}"), json("\"é\"")));

    assertThat(((StringColumn) rows.column(0)).get(0, 0)).containsExactly(0xff, 0);
    assertThat(((StringColumn) rows.column(0)).get(1, 0)).hasSize(2);
    assertThat(JsonRows.write(specs, rows, 0)).isEqualTo(json("{\"b64\": \"/wA=\"}"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "UINT8  | [0, 255]",
        "UINT32 | [0, 4294967295]",
        "UINT64 | [9223372036854775808, 18446744073709551615]",
        "INT64  | [-9223372036854775808, 9223372036854775807]",
      })
  void shouldReadAndWriteTheLargestAndSmallestOfADtype(DType dtype, String instance)
      throws Exception {
    List<TensorSpec> specs = List.of(spec("x", dtype, -1, 2));

    Rows rows = JsonRows.read(specs, List.of(json(instance)));

    assertThat(JsonRows.write(specs, rows, 0)).hasToString(instance.replace(" ", ""));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "FLOAT32 | [1, 2, 3]   | instance 1, x: float32[-1,2], element 0: 3 values (expected: an array of 2)",
        "FLOAT32 | [1, \"a\"]  | instance 1, x: float32[-1,2], element 1: \"a\" (expected: a number)",
        "UINT8   | [256, 0]    | instance 1, x: uint8[-1,2], element 0: 256 (expected: a whole number from 0 to 255)",
        "INT32   | [1, 1.5]    | instance 1, x: int32[-1,2], element 1: 1.5 (expected: a whole number from -2147483648 to 2147483647)",
        "UINT64  | [0, -1]     | instance 1, x: uint64[-1,2], element 1: -1 (expected: a whole number from 0 to 18446744073709551615)",
        "UINT64  | [18446744073709551616, 0] | instance 1, x: uint64[-1,2], element 0: 18446744073709551616 (expected: a whole number from 0 to 18446744073709551615)",
        "INT64   | [9223372036854775808, 0] | instance 1, x: int64[-1,2], element 0: 9223372036854775808 (expected: a whole number from -9223372036854775808 to 9223372036854775807)",
        "BOOL    | [true, 1]   | instance 1, x: bool[-1,2], element 1: 1 (expected: true or false)",
        "STRING  | [\"a\", 1]  | instance 1, x: string[-1,2], element 1: 1 (expected: a text, or {\"b64\": …})",
        "FLOAT32 | {\"y\": []} | instance 1 has [y] (expected: values for [x])",
      })
  void shouldSayWhereAnInstanceDoesNotFit(DType dtype, String instance, String message)
      throws Exception {
    List<TensorSpec> specs = List.of(spec("x", dtype, -1, 2));
    List<JsonNode> instances = List.of(json(instance));

    assertThatThrownBy(() -> JsonRows.read(specs, instances))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void shouldReadWhatItWrites() throws Exception {
    long seed = Long.getLong("penstock.property.seed", 1L);
    Random random = new Random(seed);
    for (int round = 0; round < 300; round++) {
      // given
      List<TensorSpec> specs = new ArrayList<>();
      for (int i = 0; i <= random.nextInt(3); i++) {
        DType dtype = DType.values()[random.nextInt(DType.values().length)];
        specs.add(
            random.nextBoolean()
                ? spec("t" + i, dtype, -1)
                : spec("t" + i, dtype, -1, 1 + random.nextInt(3), -1));
      }
      Rows rows = randomRows(specs, random);

      // when
      JsonNode written = JSON.readTree(JsonRows.write(specs, rows, 0).toString());
      Rows read = JsonRows.read(specs, List.of(written));

      // then
      for (int i = 0; i < specs.size(); i++) {
        Column expected = rows.column(i);
        assertThat(read.column(i).rowShape()).as("seed %d", seed).isEqualTo(expected.rowShape());
        for (int element = 0; element < expected.rowElements(); element++) {
          assertThat(Values.at(read.column(i), 0, element))
              .as("seed %d, %s", seed, specs.get(i))
              .isEqualTo(Values.at(expected, 0, element));
        }
      }
    }
  }

  private static Rows randomRows(List<TensorSpec> specs, Random random) {
    Rows rows = Rows.of(specs);
    for (int i = 0; i < specs.size(); i++) {
      int[] shape =
          specs.get(i).rowShape().stream().mapToInt(d -> d < 0 ? 2 : d.intValue()).toArray();
      Column column = rows.column(i);
      column.reshape(shape, 1);
      for (int element = 0; element < column.rowElements(); element++) {
        if (column instanceof StringColumn strings) {
          byte[] bytes = new byte[random.nextInt(4)];
          random.nextBytes(bytes);
          strings.set(0, element, bytes);
        } else {
          // Small numbers are finite and positive in every dtype.
          ((NumericColumn) column).bytes()[((NumericColumn) column).offset(0, element)] =
              (byte) random.nextInt(column.dtype() == DType.BOOL ? 2 : 100);
        }
      }
    }
    return rows;
  }

  private static TensorSpec spec(String name, DType dtype, long... shape) {
    return new TensorSpec(name, dtype, Arrays.stream(shape).boxed().toList());
  }

  private static JsonNode json(String text) throws JsonProcessingException {
    return JSON.readTree(text);
  }
}

package io.penstock.inference;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.model.DType;
import io.penstock.model.ModelSignature;
import io.penstock.model.NumericColumn;
import io.penstock.model.Rows;
import io.penstock.model.TensorSpec;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FiniteOutputsTest {

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void shouldFindFloatsThatAreNotFiniteInTheirRowOnly(float value) {
    // given
    ModelSignature signature = signature(DType.FLOAT32);
    Rows outputs = Rows.of(signature.outputs(), 3);
    NumericColumn column = (NumericColumn) outputs.column(0);
    column.putFloat(column.offset(0, 0), Float.MAX_VALUE);
    column.putFloat(column.offset(1, 1), value);
    column.putFloat(column.offset(2, 0), Float.MIN_VALUE);
    // when, then
    assertThat(FiniteOutputs.violation(signature, outputs, 0)).isNull();
    assertThat(FiniteOutputs.violation(signature, outputs, 1))
        .startsWith("output y: float32[-1,2]: element 1 is infinite or not a number");
    assertThat(FiniteOutputs.violation(signature, outputs, 2)).isNull();
  }

  @Test
  void shouldFindDoublesThatAreNotFinite() {
    ModelSignature signature = signature(DType.FLOAT64);
    Rows outputs = Rows.of(signature.outputs(), 2);
    NumericColumn column = (NumericColumn) outputs.column(0);
    column.putDouble(column.offset(0, 0), Double.MAX_VALUE);
    column.putDouble(column.offset(1, 0), Double.NaN);
    assertThat(FiniteOutputs.violation(signature, outputs, 0)).isNull();
    assertThat(FiniteOutputs.violation(signature, outputs, 1)).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"FLOAT16:7C00", "FLOAT16:FE01", "BFLOAT16:7F80", "BFLOAT16:FFC0"})
  void shouldFindHalvesThatAreNotFinite(String value) {
    assertThat(violationOf(value)).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"FLOAT16:7BFF", "FLOAT16:0001", "BFLOAT16:7F7F", "INT16:7FFF"})
  void shouldLetPassWhatIsFinite(String value) {
    assertThat(violationOf(value)).isNull();
  }

  private static String violationOf(String typeAndBits) {
    String[] parts = typeAndBits.split(":");
    ModelSignature signature = signature(DType.valueOf(parts[0]));
    Rows outputs = Rows.of(signature.outputs(), 1);
    int bits = Integer.parseInt(parts[1], 16);
    byte[] bytes = ((NumericColumn) outputs.column(0)).bytes();
    bytes[2] = (byte) bits;
    bytes[3] = (byte) (bits >> 8);
    return FiniteOutputs.violation(signature, outputs, 0);
  }

  private static ModelSignature signature(DType dtype) {
    return new ModelSignature(
        "serving_default",
        List.of(new TensorSpec("x", DType.FLOAT32, List.of(-1L))),
        List.of(new TensorSpec("y", dtype, List.of(-1L, 2L))));
  }
}

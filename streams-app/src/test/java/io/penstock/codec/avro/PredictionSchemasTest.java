package io.penstock.codec.avro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.codec.MappingException;
import io.penstock.codec.OutputChoice;
import io.penstock.model.DType;
import io.penstock.model.ModelSignature;
import io.penstock.model.TensorSpec;
import java.util.List;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;

class PredictionSchemasTest {

  @Test
  void shouldHaveAFieldForEachOutputInTheSignaturesOrder() {
    Schema schema =
        PredictionSchemas.of(
            "digits",
            signature(
                new TensorSpec("scores", DType.FLOAT32, List.of(-1L, 10L)),
                new TensorSpec("boxes", DType.FLOAT64, List.of(-1L, -1L, 4L)),
                new TensorSpec("label", DType.INT64, List.of(-1L)),
                new TensorSpec("text", DType.STRING, List.of(-1L)),
                new TensorSpec("sure", DType.BOOL, List.of(-1L)),
                new TensorSpec("pixels", DType.UINT8, List.of(-1L, 2L))),
            OutputChoice.ALL);

    assertThat(schema)
        .isEqualTo(
            new Schema.Parser()
                .parse(
                    """
                    {"type": "record", "name": "digits_serving_default",
                     "namespace": "io.penstock.predictions", "fields": [
                      {"name": "boxes", "type":
                        {"type": "array", "items": {"type": "array", "items": "double"}}},
                      {"name": "label", "type": "long"},
                      {"name": "pixels", "type": {"type": "array", "items": "int"}},
                      {"name": "scores", "type": {"type": "array", "items": "float"}},
                      {"name": "sure", "type": "boolean"},
                      {"name": "text", "type": "string"}]}
                    """));
    assertThat(schema.getDoc())
        .isEqualTo("Predictions of model digits, signature serving_default.");
  }

  @Test
  void shouldNotDependOnHowLongADimensionIs() {
    TensorSpec ten = new TensorSpec("scores", DType.FLOAT32, List.of(-1L, 10L));
    TensorSpec twenty = new TensorSpec("scores", DType.FLOAT32, List.of(-1L, 20L));

    assertThat(PredictionSchemas.of("m", signature(ten), OutputChoice.ALL).toString())
        .isEqualTo(PredictionSchemas.of("m", signature(twenty), OutputChoice.ALL).toString());
  }

  @Test
  void shouldMakeNamesThatAvroAllows() {
    Schema schema =
        PredictionSchemas.of(
            "2-cars.mpg",
            new ModelSignature(
                "serving:v1",
                List.of(),
                List.of(new TensorSpec("dense/Softmax:0", DType.FLOAT32, List.of(-1L)))),
            OutputChoice.ALL);

    assertThat(schema.getFullName()).isEqualTo("io.penstock.predictions._2_cars_mpg_serving_v1");
    assertThat(schema.getFields())
        .extracting(Schema.Field::name)
        .containsExactly("dense_Softmax_0");
  }

  @Test
  void shouldRefuseOutputsThatHaveOneNameInAvro() {
    ModelSignature signature =
        signature(
            new TensorSpec("y-1", DType.FLOAT32, List.of(-1L)),
            new TensorSpec("y_1", DType.FLOAT32, List.of(-1L)));

    assertThatThrownBy(() -> PredictionSchemas.of("m", signature, OutputChoice.ALL))
        .isInstanceOf(MappingException.class)
        .hasMessageStartingWith(
            "Outputs y-1: float32[-1] and y_1: float32[-1] of signature serving_default both are y_1");
  }

  @Test
  void shouldWidenFloatsThatAvroLacks() {
    ModelSignature signature =
        signature(
            new TensorSpec("a", DType.BFLOAT16, List.of(-1L)),
            new TensorSpec("b", DType.FLOAT16, List.of(-1L)));

    assertThat(PredictionSchemas.of("m", signature, OutputChoice.ALL).getFields())
        .extracting(field -> field.schema().getType())
        .containsExactly(Schema.Type.FLOAT, Schema.Type.FLOAT);
  }

  private static ModelSignature signature(TensorSpec... outputs) {
    return new ModelSignature("serving_default", List.of(), List.of(outputs));
  }
}

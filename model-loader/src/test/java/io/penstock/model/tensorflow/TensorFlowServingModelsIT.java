package io.penstock.model.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.penstock.model.ModelException;
import io.penstock.model.ModelSignature;
import io.penstock.model.NumericColumn;
import io.penstock.model.Rows;
import io.penstock.model.ServableId;
import io.penstock.model.TestModels;
import io.penstock.model.lifecycle.LoadedModel;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** SavedModels of TensorFlow Serving's own tests: y = x/2 + c. */
final class TensorFlowServingModelsIT {

  private static final String SIGNATURE = "serving_default";

  private final SavedModelLoader loader = new SavedModelLoader(SessionSettings.defaults());
  private final Optional<Path> models = TestModels.tensorFlowServing();

  @BeforeEach
  void skipWithoutModels() {
    assumeTrue(
        models.isPresent(),
        "../shared/testdata/tensorflow-serving is not beside this checkout: models of TensorFlow"
            + " Serving's own tests, which are not copied into the project");
  }

  @ParameterizedTest
  @CsvSource({
    "saved_model_half_plus_two_cpu/00000123, 2",
    "saved_model_half_plus_two_2_versions/00000123, 2",
    "saved_model_half_plus_two_2_versions/00000124, 2",
  })
  void shouldComputeHalfPlusSomething(String directory, float constant) {
    // given
    try (LoadedModel model = load(directory, SIGNATURE)) {
      ModelSignature signature = model.signature(SIGNATURE).orElseThrow();
      Rows inputs = Rows.of(signature.inputs(), 3);
      Rows outputs = Rows.of(signature.outputs());
      NumericColumn x = (NumericColumn) inputs.column(0);
      for (int row = 0; row < 3; row++) {
        x.putFloat(x.offset(row, 0), row * 10f);
      }

      // when
      model.run(signature, inputs, 3, outputs);

      // then
      NumericColumn y = (NumericColumn) outputs.column(0);
      for (int row = 0; row < 3; row++) {
        assertThat(y.floatAt(y.offset(row, 0))).isEqualTo(row * 5f + constant);
      }
    }
  }

  @Test
  void shouldSayThatASignatureContradictsTheGraph() {
    // TensorFlow Serving forgives this model's other signatures; TensorFlow Java does not.
    assertThatThrownBy(() -> load("saved_model_half_plus_three/00000123", SIGNATURE))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("Input \"inputs\"'s operand \"tf_example:0\" has data type DT_STRING")
        .hasMessageEndingWith("Export the model again with signatures that match its graph.");
  }

  @Test
  void shouldRefuseASignatureWithoutRowsIfItIsRequired() {
    assertThatThrownBy(() -> load("saved_model_counter/00000123", "get_counter"))
        .hasMessageStartingWith("Signature get_counter of counter/123 cannot be served: ");
  }

  private LoadedModel load(String directory, String signature) {
    ServableId id = new ServableId(directory.contains("counter") ? "counter" : "half", 123);
    return loader.load(id, models.orElseThrow().resolve(directory), Set.of(signature));
  }
}

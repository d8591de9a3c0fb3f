package io.penstock.model.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.penstock.model.Lease;
import io.penstock.model.ModelException;
import io.penstock.model.ModelSignature;
import io.penstock.model.NumericColumn;
import io.penstock.model.Rows;
import io.penstock.model.ServableId;
import io.penstock.model.ServableVersion;
import io.penstock.model.StringColumn;
import io.penstock.model.TestModels;
import io.penstock.model.fitness.Fitness;
import io.penstock.model.fitness.WarmUp;
import io.penstock.model.fitness.WarmUpReport;
import io.penstock.model.lifecycle.ModelRuntime;
import io.penstock.model.lifecycle.ModelSettings;
import io.penstock.model.lifecycle.VersionPolicy;
import io.penstock.model.loading.LoadedModel;
import io.penstock.model.source.directory.Completeness;
import io.penstock.model.source.directory.DirectorySource;
import io.penstock.model.source.directory.Links;
import io.penstock.model.tensorflow.log.WarmUpRecords;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

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
    "saved_model_half_plus_two_cpu/00000123, serving_default, 2",
    "saved_model_half_plus_two_2_versions/00000123, serving_default, 2",
    "saved_model_half_plus_two_2_versions/00000124, serving_default, 2",
    "saved_model_half_plus_three/00000123, serving_default, 3",
    "saved_model_half_plus_two_cpu/00000123, regress_x2_to_y3, 3",
  })
  void shouldComputeHalfPlusSomething(String directory, String name, float constant) {
    // given
    try (LoadedModel model = load(directory, name)) {
      ModelSignature signature = model.signature(name).orElseThrow();
      Rows inputs = Rows.of(signature.inputs(), 3);
      Rows outputs = Rows.of(signature.outputs());
      NumericColumn x = (NumericColumn) inputs.column(0);
      for (int row = 0; row < 3; row++) {
        x.putFloat(x.offset(row, 0), row * 10f);
      }

      // when
      model.run(signature, inputs, 3, outputs);

      // then
      assertHalfPlus(constant, outputs);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "saved_model_half_plus_two_cpu/00000123, classify_x_to_y, 2",
    "saved_model_half_plus_two_cpu/00000123, regress_x_to_y, 2",
    "saved_model_half_plus_two_cpu/00000123, regress_x_to_y2, 3",
    "saved_model_half_plus_two_2_versions/00000124, classify_x_to_y, 2",
  })
  void shouldClassifyAndRegressExamples(String directory, String name, float constant) {
    // given
    try (LoadedModel model = load(directory, name)) {
      ModelSignature signature = model.signature(name).orElseThrow();
      Rows inputs = Rows.of(signature.inputs(), 3);
      Rows outputs = Rows.of(signature.outputs());
      for (int row = 0; row < 3; row++) {
        ((StringColumn) inputs.column(0))
            .set(row, 0, WarmUpFileTest.example("x", row * 10f).toByteArray());
      }

      // when
      model.run(signature, inputs, 3, outputs);

      // then
      assertHalfPlus(constant, outputs);
    }
  }

  @Test
  @Timeout(120)
  void shouldServeTwoVersionsAtTheSameTime() throws Exception {
    // given the directory as it is, leading zeros included
    Path base = models.orElseThrow().resolve("saved_model_half_plus_two_2_versions");
    ModelSettings defaults = ModelSettings.of("half", base);
    ModelSettings settings =
        new ModelSettings(
            "half",
            base,
            defaults.pollInterval(),
            new VersionPolicy.All(),
            defaults.transition(),
            defaults.retries(),
            defaults.fitness(),
            defaults.leaseLimit(),
            defaults.drainTimeout());
    DirectorySource source =
        new DirectorySource(
            "half", base, new Completeness.Settled(Duration.ZERO), Links.INSIDE, System::nanoTime);
    try (ModelRuntime runtime =
        new ModelRuntime(settings, source, loader, InstantSource.system())) {
      runtime.start();
      runtime.whenAvailable(123).join();
      runtime.whenAvailable(124).join();

      // when
      try (Lease one = runtime.acquire(123).orElseThrow();
          Lease other = runtime.acquire(124).orElseThrow()) {
        for (Lease lease : List.of(one, other)) {
          ServableVersion version = lease.version();
          ModelSignature signature = version.signature(SIGNATURE).orElseThrow();
          Rows outputs = Rows.of(signature.outputs());
          Rows inputs = Rows.of(signature.inputs(), 3);
          NumericColumn x = (NumericColumn) inputs.column(0);
          for (int row = 0; row < 3; row++) {
            x.putFloat(x.offset(row, 0), row * 10f);
          }
          version.run(signature, inputs, 3, outputs);

          // then
          assertHalfPlus(2, outputs);
        }
        assertThat(one.version()).isNotSameAs(other.version());
      }
    }
  }

  private static void assertHalfPlus(float constant, Rows outputs) {
    NumericColumn y = (NumericColumn) outputs.column(0);
    for (int row = 0; row < 3; row++) {
      assertThat(y.floatAt(y.offset(row, 0))).isEqualTo(row * 5f + constant);
    }
  }

  @Test
  void shouldCountEachRecordOnce() {
    // given, warmed up as it would be to serve
    String name = "incr_counter_by";
    try (LoadedModel model = load("saved_model_counter/00000123", name)) {
      var unused =
          WarmUp.run(
              model, Fitness.of(Set.of(name), Set.of(1)), model.recordedRequests(), Map.of());
      ModelSignature signature = model.signature(name).orElseThrow();
      assertThat(signature.batchSize()).hasValue(1);
      Rows inputs = Rows.of(signature.inputs(), 1);
      Rows outputs = Rows.of(signature.outputs());
      ((NumericColumn) inputs.column(0)).putFloat(0, 1f);

      for (int record = 1; record <= 5; record++) {
        // when
        model.run(signature, inputs, 1, outputs);

        // then
        assertThat(((NumericColumn) outputs.column(0)).floatAt(0)).isEqualTo(record);
      }
    }
  }

  @Test
  void shouldServeWhatRunsOfAModelWithASignatureThatContradictsItsGraph() {
    try (LoadedModel model = load("saved_model_half_plus_three/00000123", SIGNATURE)) {
      assertThat(model.signatures()).containsExactly(SIGNATURE);
    }
    assertThatThrownBy(
            () -> load("saved_model_half_plus_three/00000123", "tensorflow/serving/regress"))
        .isInstanceOf(ModelException.class)
        .hasMessage(
            "Signature tensorflow/serving/regress of half/123 cannot be served: inputs: float32[-1] is DT_STRING in the graph. Export the model again with signatures that match its graph.");
  }

  @Test
  void shouldRefuseASignatureWithoutRowsIfItIsRequired() {
    assertThatThrownBy(() -> load("saved_model_counter/00000123", "get_counter"))
        .hasMessageStartingWith("Signature get_counter of counter/123 cannot be served: ");
  }

  @Test
  void shouldRunRecordedRequestsOfEveryKind(@TempDir Path folder) throws IOException {
    // given
    Path version = folder.resolve("1");
    TestModels.copy(
        models.orElseThrow().resolve("saved_model_half_plus_two_cpu/00000123"), version);
    new WarmUpRecords()
        .predict(
            SIGNATURE,
            Map.of(
                "x",
                TensorProto.newBuilder()
                    .setDtype(DataType.DT_FLOAT)
                    .setTensorShape(
                        TensorShapeProto.newBuilder()
                            .addDim(TensorShapeProto.Dim.newBuilder().setSize(2))
                            .addDim(TensorShapeProto.Dim.newBuilder().setSize(1)))
                    .addFloatVal(4)
                    .build()))
        .classify("classify_x_to_y", WarmUpFileTest.example("x", 1))
        .regress("regress_x_to_y2", WarmUpFileTest.example("x", 1))
        .writeTo(version);

    // when
    try (LoadedModel model = loader.load(new ServableId("half", 1), version, Set.of(SIGNATURE))) {
      WarmUpReport report =
          WarmUp.run(
              model,
              Fitness.of(Set.of(SIGNATURE, "classify_x_to_y", "regress_x_to_y2"), Set.of(1, 8)),
              model.recordedRequests(),
              Map.of());

      // then
      assertThat(report.recorded()).isEqualTo(3);
      assertThat(report.runs()).isEqualTo(3 + 3 * 2 * 6);
    }
  }

  private LoadedModel load(String directory, String signature) {
    ServableId id = new ServableId(directory.contains("counter") ? "counter" : "half", 123);
    return loader.load(id, models.orElseThrow().resolve(directory), Set.of(signature));
  }
}

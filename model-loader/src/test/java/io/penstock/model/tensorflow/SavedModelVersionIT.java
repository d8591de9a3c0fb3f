package io.penstock.model.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.model.Column;
import io.penstock.model.DType;
import io.penstock.model.ModelRunException;
import io.penstock.model.ModelSignature;
import io.penstock.model.NumericColumn;
import io.penstock.model.Rows;
import io.penstock.model.ServableId;
import io.penstock.model.StringColumn;
import io.penstock.model.TestModels;
import io.penstock.model.lifecycle.LoadedModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.Signature;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.Variable;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TType;

final class SavedModelVersionIT {

  private static final ServableId ID = new ServableId("test", 1);
  private static final String SIGNATURE = "serving_default";

  private final SavedModelLoader loader = new SavedModelLoader(SessionSettings.defaults());

  @TempDir private Path directory;

  @ParameterizedTest
  @EnumSource(TensorType.class)
  void shouldCarryEveryDtypeThroughUnchangedInRowsOfAnyRank(TensorType type) throws IOException {
    for (int[] rowShape : new int[][] {{}, {3}, {2, 3}, {2, 1, 3}}) {
      shouldCarryThroughUnchanged(DType.valueOf(type.name()), rowShape);
    }
  }

  private void shouldCarryThroughUnchanged(DType dtype, int[] rowShape) throws IOException {
    // given a model that returns its input, twice
    Path directory = this.directory.resolve("rank" + rowShape.length);
    Shape shape = Shape.of(-1);
    for (int dimension : rowShape) {
      shape = shape.append(dimension);
    }
    exportIdentity(directory, TensorType.tensorType(dtype), shape);
    Random random = new Random(7);
    try (LoadedModel model = loader.load(ID, directory, Set.of(SIGNATURE))) {
      ModelSignature signature = model.signature(SIGNATURE).orElseThrow();
      Rows inputs = Rows.of(signature.inputs(), 5);
      Rows outputs = Rows.of(signature.outputs());
      fill(inputs.column(0), random);

      // when, with fewer rows than there is room for
      model.run(signature, inputs, 4, outputs);

      // then
      assertThat(signature.inputs().get(0).dtype()).isEqualTo(dtype);
      assertThat(signature.outputs()).extracting(spec -> spec.name()).containsExactly("y", "z");
      for (Column output : outputs.columns()) {
        assertThat(output.rowShape()).containsExactly(rowShape);
        assertThat(output.capacityRows()).isEqualTo(4);
        assertSameRows(inputs.column(0), output, 4);
      }
    }
  }

  @Test
  void shouldRunRowsWithoutElements() throws IOException {
    // given
    try (LoadedModel model = load("reviews")) {
      ModelSignature signature = model.signature(SIGNATURE).orElseThrow();
      Rows inputs = Rows.of(signature.inputs());
      Rows outputs = Rows.of(signature.outputs());
      inputs.column(0).reshape(new int[] {0}, 2);

      // when
      model.run(signature, inputs, 2, outputs);

      // then
      assertThat(outputs.column(0).rowShape()).containsExactly(2);
    }
  }

  @Test
  void shouldRefuseWhatTensorFlowWouldAcceptInSilence() throws IOException {
    try (LoadedModel model = load("digits")) {
      ModelSignature signature = model.signature(SIGNATURE).orElseThrow();
      Rows inputs = Rows.of(signature.inputs(), 2);
      Rows outputs = Rows.of(signature.outputs());

      assertThatThrownBy(() -> model.run(signature, inputs, 0, outputs))
          .hasMessage("test/1: rows: 0 (expected: 1 or more)");
      assertThatThrownBy(() -> model.run(signature, inputs, 3, outputs))
          .hasMessage("test/1: input pixels: float32[-1,64]: 2 rows (expected: 3 or more)");
      assertThatThrownBy(() -> model.run(signature, outputs, 1, outputs))
          .hasMessage("test/1: 2 input columns (expected: 1)");
      assertThatThrownBy(() -> model.run(signature, inputs, 1, inputs))
          .hasMessage("test/1: 1 output columns (expected: 2)");
      assertThatThrownBy(
              () ->
                  model.run(
                      new ModelSignature("other", signature.inputs(), signature.outputs()),
                      inputs,
                      1,
                      outputs))
          .isInstanceOf(ModelRunException.class)
          .hasMessageContaining("is not its own (expected: one of [serving_default])");

      inputs.column(0).reshape(new int[] {63}, 2);
      assertThatThrownBy(() -> model.run(signature, inputs, 2, outputs))
          .hasMessage(
              "test/1: input pixels: float32[-1,64]: shape [2, 63] (expected: as the signature"
                  + " says)");
    }
  }

  @Test
  void shouldBlameTheInputWhenTensorFlowDoes() throws IOException {
    // given a token beyond the vocabulary
    try (LoadedModel model = load("reviews")) {
      ModelSignature signature = model.signature(SIGNATURE).orElseThrow();
      Rows inputs = Rows.of(signature.inputs());
      inputs.column(0).reshape(new int[] {1}, 1);
      ((NumericColumn) inputs.column(0)).putLong(0, 1_000_000);

      // when, then
      assertThatThrownBy(() -> model.run(signature, inputs, 1, Rows.of(signature.outputs())))
          .isInstanceOfSatisfying(
              ModelRunException.class,
              e -> assertThat(e.blame()).isEqualTo(ModelRunException.Blame.INPUT))
          .hasMessageStartingWith("test/1, signature serving_default, batch of 1: ")
          .hasMessageContaining("1000000");
    }
  }

  private LoadedModel load(String example) {
    Path model = TestModels.examples().resolve(example).resolve("1");
    return loader.load(ID, model, Set.of(SIGNATURE));
  }

  /** Exports a model with x → y and, from the same tensor, z. */
  private static <T extends TType> void exportIdentity(Path directory, Class<T> type, Shape shape)
      throws IOException {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      Placeholder<T> x = tf.placeholder(type, Placeholder.shape(shape));
      Operand<T> y = tf.identity(x);
      // A SavedModel without any variable cannot be exported from Java.
      Variable<TFloat32> variable = tf.variable(Shape.scalar(), TFloat32.class);
      session.runner().addTarget(tf.assign(variable, tf.constant(1f))).run();
      Signature signature =
          Signature.builder().key(SIGNATURE).input("x", x).output("y", y).output("z", y).build();
      SavedModelBundle.exporter(directory.toString())
          .withSession(session)
          .withSignature(signature)
          .export();
    }
  }

  private static void fill(Column column, Random random) {
    if (column instanceof NumericColumn numbers) {
      random.nextBytes(numbers.bytes());
      if (column.dtype() == DType.BOOL) {
        for (int i = 0; i < numbers.bytes().length; i++) {
          numbers.bytes()[i] &= 1;
        }
      }
    } else if (column instanceof StringColumn strings) {
      byte[][] values = {
        {}, {0}, {0, 1, 0}, "größer".getBytes(StandardCharsets.UTF_8), new byte[9_999]
      };
      for (int row = 0; row < column.capacityRows(); row++) {
        for (int element = 0; element < column.rowElements(); element++) {
          strings.set(row, element, values[(row * column.rowElements() + element) % values.length]);
        }
      }
    }
  }

  private static void assertSameRows(Column expected, Column actual, int rows) {
    if (expected instanceof NumericColumn numbers) {
      int bytes = rows * numbers.rowBytes();
      assertThat(Arrays.copyOf(((NumericColumn) actual).bytes(), bytes))
          .isEqualTo(Arrays.copyOf(numbers.bytes(), bytes));
    } else if (expected instanceof StringColumn strings) {
      for (int row = 0; row < rows; row++) {
        for (int element = 0; element < expected.rowElements(); element++) {
          assertThat(((StringColumn) actual).get(row, element))
              .as("row %d, element %d", row, element)
              .isEqualTo(strings.get(row, element));
        }
      }
    }
  }
}

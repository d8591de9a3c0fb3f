package io.penstock.model.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.sun.management.ThreadMXBean;
import io.penstock.model.Column;
import io.penstock.model.DType;
import io.penstock.model.DeclaredSignature;
import io.penstock.model.ModelRunException;
import io.penstock.model.ModelSignature;
import io.penstock.model.NumericColumn;
import io.penstock.model.Rows;
import io.penstock.model.ServableId;
import io.penstock.model.StringColumn;
import io.penstock.model.TestModels;
import io.penstock.model.fitness.JsonRows;
import io.penstock.model.loading.LoadedModel;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;

final class SavedModelVersionIT {

  private static final ServableId ID = new ServableId("test", 1);
  private static final String SIGNATURE = "serving_default";

  private final SavedModelLoader loader = new SavedModelLoader(SessionSettings.defaults());

  /** In bytes: its header. */
  private static final int SMALLEST_OBJECT = 16;

  @TempDir private Path directory;

  @ParameterizedTest
  @EnumSource(DType.class)
  void shouldCarryEveryDtypeThroughUnchangedInRowsOfAnyRank(DType dtype) throws IOException {
    for (int[] rowShape : new int[][] {{}, {3}, {2, 3}, {2, 1, 3}}) {
      shouldCarryThroughUnchanged(dtype, rowShape);
    }
  }

  private void shouldCarryThroughUnchanged(DType dtype, int[] rowShape) throws IOException {
    // given a model that returns its input, twice
    Path directory = this.directory.resolve("rank" + rowShape.length);
    exportUnary(directory, "Identity", dtype, rowShape);
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

  /** Bits that are carried through could be anybody's: here the model counts with them. */
  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          INT8,   127, -128
          INT16,  32767, -32768
          INT32,  2147483647, -2147483648
          INT64,  9223372036854775807, -9223372036854775808
          UINT8,  255, 0
          UINT16, 65535, 0
          UINT32, 4294967295, 0
          """)
  void shouldComputeWithEveryIntegerType(DType dtype, long most, long least) throws IOException {
    // given y = z = ~x
    exportUnary(directory, "Invert", dtype, new int[0]);
    try (LoadedModel model = loader.load(ID, directory, Set.of(SIGNATURE))) {
      ModelSignature signature = model.signature(SIGNATURE).orElseThrow();
      Rows outputs = Rows.of(signature.outputs());

      // when
      model.run(signature, JsonRows.read(signature.inputs(), numbers(most, least, 5)), 3, outputs);

      // then
      assertThat(JsonRows.write(signature.outputs(), outputs, 0).path("y").asLong())
          .isEqualTo(least);
      assertThat(JsonRows.write(signature.outputs(), outputs, 1).path("y").asLong())
          .isEqualTo(most);
      assertThat(JsonRows.write(signature.outputs(), outputs, 2).path("z").asLong())
          .isEqualTo(dtype.isUnsigned() ? most - 5 : -6);

      // and what it declares is what was exported
      assertThat(model.declaredSignatures())
          .singleElement()
          .extracting(declared -> declared.inputs().get(0))
          .isEqualTo(new DeclaredSignature.Tensor("x", "x:0", "DT_" + dtype.name(), List.of(-1L)));
    }
  }

  @Test
  void shouldLoadWhatIsCarriedOnceAndLeaveItItsAssets() throws IOException {
    // given
    Path initializations = this.directory.resolve("initializations");
    Path files = this.directory.resolve("1");
    AssetModel.save(files, "größer", initializations);

    // when
    try (LoadedModel model = loader.load(ID, files, Set.of("bits"))) {
      ModelSignature signature = model.signature("bits").orElseThrow();
      Rows outputs = Rows.of(signature.outputs());
      model.run(signature, JsonRows.read(signature.inputs(), numbers(7, -7)), 2, outputs);

      // then
      JsonNode row = JsonRows.write(signature.outputs(), outputs, 1);
      assertThat(row.path("y").asLong()).isEqualTo(-7);
      assertThat(row.path("words").asText()).isEqualTo("größer");
      assertThat(initializations).hasContent("initialized");
    }
  }

  @Test
  void shouldPrepareAllSignaturesWhicheverAreRequired() throws IOException {
    // given
    Path files = this.directory.resolve("1");
    AssetModel.save(files, "words", this.directory.resolve("initializations"));

    // when
    try (LoadedModel model = loader.load(ID, files, Set.of("floats"))) {

      // then
      ModelSignature bits = model.signature("bits").orElseThrow();
      Rows outputs = Rows.of(bits.outputs());
      model.run(bits, JsonRows.read(bits.inputs(), numbers(-7)), 1, outputs);
      assertThat(JsonRows.write(bits.outputs(), outputs, 0).path("y").asLong()).isEqualTo(-7);
      assertThat(model.signatures()).containsExactlyInAnyOrder("bits", "floats");
      assertThat(model.declaredSignatures())
          .extracting(DeclaredSignature::name)
          .contains("bits", "floats");
    }
  }

  private static List<JsonNode> numbers(long... values) {
    return LongStream.of(values).<JsonNode>mapToObj(LongNode::valueOf).toList();
  }

  /** What a run allocates is the same for one row and for many: nothing is made for a row. */
  @Test
  void shouldAllocateNothingPerRow() {
    try (LoadedModel model = load("digits")) {
      ModelSignature signature = model.signature(SIGNATURE).orElseThrow();
      Rows inputs = Rows.of(signature.inputs(), 256);
      Rows outputs = Rows.of(signature.outputs(), 256);

      long forOne = leastBytes(() -> model.run(signature, inputs, 1, outputs));
      long forMany = leastBytes(() -> model.run(signature, inputs, 256, outputs));

      assertThat((forMany - forOne) / 255.0).as("bytes per row").isLessThan(SMALLEST_OBJECT);
    }
  }

  /** Of many runs, since a few meet classes that are loaded and code that is compiled. */
  private static long leastBytes(Runnable run) {
    ThreadMXBean threads = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 200; i++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      run.run();
      least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
    }
    return least;
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

  @Test
  void shouldBlameTheModelForMissingVariables() throws IOException {
    // given
    Path files = this.directory.resolve("1");
    TestModels.copy(TestModels.examples().resolve("digits/1"), files);
    Breakage.NO_VARIABLES.apply(files);
    try (LoadedModel model = loader.load(ID, files, Set.of(SIGNATURE))) {
      ModelSignature signature = model.signature(SIGNATURE).orElseThrow();
      Rows inputs = Rows.of(signature.inputs(), 1);

      // when, then
      assertThatThrownBy(() -> model.run(signature, inputs, 1, Rows.of(signature.outputs())))
          .isInstanceOfSatisfying(
              ModelRunException.class,
              e -> assertThat(e.blame()).isEqualTo(ModelRunException.Blame.MODEL));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Unique | output y: int32[-1]: 2 rows (expected: 3, one for each row of input). The model mixes rows, so it cannot be served in batches.
          Size   | output y: int32[-1]: DT_INT32[] (expected: one value for each row, as the signature says, or as it is taken where it gives no rank). Export the model with the shapes of its outputs, or reshape this one within it.
          """)
  void shouldRefuseOutputsThatAreNotAsTheSignatureSays(String op, String reason)
      throws IOException {
    // given
    exportUnary(directory, op, DType.INT32, new int[0]);
    try (LoadedModel model = loader.load(ID, directory, Set.of(SIGNATURE))) {
      ModelSignature signature = model.signature(SIGNATURE).orElseThrow();
      Rows inputs = JsonRows.read(signature.inputs(), numbers(5, 5, 7));

      // when, then
      assertThatThrownBy(() -> model.run(signature, inputs, 3, Rows.of(signature.outputs())))
          .isInstanceOf(ModelRunException.class)
          .hasMessage("test/1, signature serving_default, batch of 3: " + reason);
    }
  }

  private LoadedModel load(String example) {
    Path model = TestModels.examples().resolve(example).resolve("1");
    return loader.load(ID, model, Set.of(SIGNATURE));
  }

  /** Writes a model without variables, with y = op(x) and, from the same tensor, z. */
  private static void exportUnary(Path directory, String op, DType dtype, int[] rowShape)
      throws IOException {
    DataType type = TensorType.dataType(dtype);
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    shape.addDimBuilder().setSize(-1);
    for (int dimension : rowShape) {
      shape.addDimBuilder().setSize(dimension);
    }
    MetaGraphDef.Builder graph = MetaGraphDef.newBuilder();
    graph.getMetaInfoDefBuilder().addTags("serve");
    graph.getGraphDefBuilder().getVersionsBuilder().setProducer(1882);
    graph
        .getGraphDefBuilder()
        .addNode(
            NodeDef.newBuilder()
                .setName("x")
                .setOp("Placeholder")
                .putAttr("dtype", AttrValue.newBuilder().setType(type).build())
                .putAttr("shape", AttrValue.newBuilder().setShape(shape).build()))
        .addNode(
            NodeDef.newBuilder()
                .setName("f")
                .setOp(op)
                .addInput("x")
                .putAttr("T", AttrValue.newBuilder().setType(type).build()));
    TensorInfo.Builder tensor = TensorInfo.newBuilder().setDtype(type).setTensorShape(shape);
    TensorInfo output = tensor.setName("f:0").build();
    graph.putSignatureDef(
        SIGNATURE,
        SignatureDef.newBuilder()
            .setMethodName("tensorflow/serving/predict")
            .putInputs("x", tensor.setName("x:0").build())
            .putOutputs("y", output)
            .putOutputs("z", output)
            .build());
    Files.createDirectories(directory);
    Files.write(
        directory.resolve("saved_model.pb"),
        SavedModel.newBuilder()
            .setSavedModelSchemaVersion(1)
            .addMetaGraphs(graph)
            .build()
            .toByteArray());
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

package io.penstock.model.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.model.ModelException;
import io.penstock.model.ModelSignature;
import io.penstock.model.ServableId;
import io.penstock.model.TestModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;

/** What the inspector says of the examples and of broken files, without loading them. */
final class SavedModelInspectorTest {

  private static final Path DIGITS = TestModels.examples().resolve("digits/1");
  private static final ServableId BROKEN = new ServableId("digits", 2);

  @TempDir private Path folder;

  static Stream<Path> versionsOfExamples() {
    return TestModels.children(TestModels.examples()).stream()
        .filter(Files::isDirectory)
        .flatMap(model -> TestModels.children(model).stream())
        .filter(version -> Files.isRegularFile(version.resolve("saved_model.pb")));
  }

  @ParameterizedTest
  @MethodSource("versionsOfExamples")
  void shouldFindTheSignatureOfEveryExample(Path version) {
    ServableId id = new ServableId("example", Long.parseLong(version.getFileName().toString()));

    SavedModelContents contents = SavedModelInspector.inspect(id, version);

    assertThat(contents.id()).isEqualTo(id);
    assertThat(contents.tagSets()).containsExactly(List.of("serve"));
    assertThat(contents.signatures()).containsKey("serving_default");
    assertThat(contents.unservable()).isEmpty();
  }

  @Test
  void shouldReadInputsAndOutputs() {
    ModelSignature signature =
        SavedModelInspector.inspect(new ServableId("digits", 1), DIGITS)
            .signature("serving_default");

    assertThat(signature.inputs())
        .extracting(Object::toString)
        .containsExactly("pixels: float32[-1,64]");
    assertThat(signature.outputs()).isNotEmpty();
  }

  @Test
  void shouldNameTheSignaturesThatThereAre() {
    SavedModelContents contents = SavedModelInspector.inspect(new ServableId("digits", 1), DIGITS);

    assertThatThrownBy(() -> contents.signature("classify"))
        .isInstanceOf(ModelException.class)
        .hasMessage(
            "digits/1 has no signature classify (expected: one of [serving_default]). Configure one"
                + " that it has, or export the model with it.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          DT_VARIANT | x:0 | input x has dtype DT_VARIANT
          DT_FLOAT   | y:0 | x stands for tensor y:0, which is not in the graph. Export the model again.
          """)
  void shouldSayWhyASignatureCannotBeServed(DataType dtype, String tensor, String reason)
      throws IOException {
    TensorInfo input = TensorInfo.newBuilder().setName(tensor).setDtype(dtype).build();
    MetaGraphDef.Builder graph = MetaGraphDef.newBuilder();
    graph.getMetaInfoDefBuilder().addTags("serve");
    graph.getGraphDefBuilder().addNodeBuilder().setName("x");
    graph.putSignatureDef("odd", SignatureDef.newBuilder().putInputs("x", input).build());
    write(SavedModel.newBuilder().addMetaGraphs(graph).build().toByteArray());

    SavedModelContents contents = SavedModelInspector.inspect(BROKEN, folder);

    assertThat(contents.signatures()).isEmpty();
    assertThatThrownBy(() -> contents.signature("odd"))
        .hasMessageStartingWith("Signature odd of digits/2 cannot be served: " + reason);
  }

  @Test
  void shouldDescribeWhatCannotBeServed() throws IOException {
    // given a graph for training, with a sparse input of a dtype that cannot be run
    TensorInfo.Builder sparse = TensorInfo.newBuilder().setDtype(DataType.DT_COMPLEX64);
    sparse.getCooSparseBuilder().setValuesTensorName("Sort:1");
    TensorInfo unranked =
        TensorInfo.newBuilder().setDtype(DataType.DT_FLOAT).setName("loss:0").build();
    MetaGraphDef.Builder graph = MetaGraphDef.newBuilder();
    graph.getMetaInfoDefBuilder().addTags("train").setTensorflowVersion("2.18.0");
    graph.putSignatureDef(
        "train",
        SignatureDef.newBuilder()
            .setMethodName("train")
            .putInputs("clicks", sparse.build())
            .putOutputs("loss", unranked)
            .build());
    write(SavedModel.newBuilder().addMetaGraphs(graph).build().toByteArray());

    // when
    SavedModelDescription model = SavedModelInspector.describe(BROKEN, folder);

    // then
    assertThat(model.problem())
        .contains("it has no graph with tag serve (found: [[train]]). Export it for serving.");
    assertThat(model.tensorFlowVersion()).isEqualTo("2.18.0");
    assertThat(model.servable()).isEmpty();
    assertThat(model.signatures())
        .isEqualTo(
            Map.of(
                "train",
                new SavedModelDescription.Signature(
                    "train",
                    List.of(
                        new SavedModelDescription.Tensor(
                            "clicks", "complex64", Optional.empty(), "Sort:1")),
                    List.of(
                        new SavedModelDescription.Tensor(
                            "loss", "float32", Optional.empty(), "loss:0")),
                    Optional.of(
                        "input clicks is a COO_SPARSE tensor (expected: a dense one). Convert it within the model."))));
  }

  @Test
  void shouldNotTakeAnInputThatNothingCanBePutBefore() throws IOException {
    // given an input of a dtype that has to be carried, in the middle of the graph
    TensorInfo.Builder tensor = TensorInfo.newBuilder().setDtype(DataType.DT_INT8).setName("x:0");
    tensor.getTensorShapeBuilder().addDimBuilder().setSize(-1);
    MetaGraphDef.Builder graph = MetaGraphDef.newBuilder();
    graph.getMetaInfoDefBuilder().addTags("serve");
    graph.getGraphDefBuilder().addNodeBuilder().setName("x").setOp("Abs");
    graph.putSignatureDef("odd", SignatureDef.newBuilder().putInputs("x", tensor.build()).build());
    write(SavedModel.newBuilder().addMetaGraphs(graph).build().toByteArray());

    // when, then
    assertThat(SavedModelInspector.inspect(BROKEN, folder).unservable())
        .containsEntry(
            "odd",
            "input x of dtype int8 is fed in the middle of the graph, into a node of type Abs (expected: Placeholder). Export the model with an input of its own.");
  }

  @Test
  void shouldRefuseAMissingFile() {
    assertRefused("saved_model.pb is missing. Copy the whole SavedModel there.");
  }

  @Test
  void shouldSayThatTheTextFormIsNotLoaded() throws IOException {
    Files.createFile(folder.resolve("saved_model.pbtxt"));

    assertRefused("saved_model.pb is missing, and its text form saved_model.pbtxt is not loaded.");
  }

  @Test
  void shouldRefuseAnEmptyFile() throws IOException {
    write(new byte[0]);

    assertRefused("saved_model.pb is empty. Copy the SavedModel again.");
  }

  @Test
  void shouldRefuseATruncatedFile() throws IOException {
    byte[] whole = Files.readAllBytes(DIGITS.resolve("saved_model.pb"));
    write(Arrays.copyOf(whole, whole.length / 2));

    assertRefused("saved_model.pb is truncated or no SavedModel");
  }

  @Test
  void shouldRefuseGarbage() throws IOException {
    Files.writeString(folder.resolve("saved_model.pb"), "not a protocol buffer at all");

    assertRefused("saved_model.pb is truncated or no SavedModel");
  }

  @Test
  void shouldRefuseAGraphWithoutTheTag() throws IOException {
    MetaGraphDef.Builder graph = MetaGraphDef.newBuilder();
    graph.getMetaInfoDefBuilder().addTags("train").addTags("gpu");
    write(SavedModel.newBuilder().addMetaGraphs(graph).build().toByteArray());

    assertRefused("it has no graph with tag serve (found: [[train, gpu]]). Export it for serving.");
  }

  private void write(byte[] graph) throws IOException {
    Files.write(folder.resolve("saved_model.pb"), graph);
  }

  private void assertRefused(String reason) {
    assertThatThrownBy(() -> SavedModelInspector.inspect(BROKEN, folder))
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith("digits/2 could not be loaded from " + folder + ": " + reason);
  }
}

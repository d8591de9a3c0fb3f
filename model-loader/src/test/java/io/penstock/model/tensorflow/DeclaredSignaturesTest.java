package io.penstock.model.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.model.DeclaredSignature;
import io.penstock.model.DeclaredSignature.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;

final class DeclaredSignaturesTest {

  @Test
  void shouldCopyAllSignaturesAsTheyAre() {
    // given
    TensorShapeProto open =
        TensorShapeProto.newBuilder()
            .addDim(TensorShapeProto.Dim.newBuilder().setSize(-1))
            .addDim(TensorShapeProto.Dim.newBuilder().setSize(784))
            .build();
    TensorShapeProto unknown = TensorShapeProto.newBuilder().setUnknownRank(true).build();
    MetaGraphDef graph =
        MetaGraphDef.newBuilder()
            .putSignatureDef(
                "serving_default",
                SignatureDef.newBuilder()
                    .setMethodName("tensorflow/serving/predict")
                    .putInputs("image", tensor("image:0", DataType.DT_FLOAT, open))
                    .putOutputs(
                        "scores", tensor("StatefulPartitionedCall:0", DataType.DT_HALF, unknown))
                    .build())
            .putSignatureDef("__saved_model_init_op", SignatureDef.getDefaultInstance())
            .build();
    // when
    List<DeclaredSignature> declared = DeclaredSignatures.of(graph);
    // then
    assertThat(declared)
        .containsExactly(
            new DeclaredSignature("__saved_model_init_op", "", List.of(), List.of()),
            new DeclaredSignature(
                "serving_default",
                "tensorflow/serving/predict",
                List.of(new Tensor("image", "image:0", "DT_FLOAT", List.of(-1L, 784L))),
                List.of(new Tensor("scores", "StatefulPartitionedCall:0", "DT_HALF", null))));
  }

  @Test
  void shouldNumberADtypeThatIsNewerThanTheTensorFlowInTheProcess() {
    // given
    TensorInfo tensor = TensorInfo.newBuilder().setName("x:0").setDtypeValue(77).build();
    MetaGraphDef graph =
        MetaGraphDef.newBuilder()
            .putSignatureDef("newer", SignatureDef.newBuilder().putInputs("x", tensor).build())
            .build();
    // when
    List<DeclaredSignature> declared = DeclaredSignatures.of(graph);
    // then
    assertThat(declared.get(0).inputs().get(0).dtype()).isEqualTo("DataType 77");
    assertThat(TensorType.nameOf(tensor)).isEqualTo("DataType 77");
  }

  private static TensorInfo tensor(String name, DataType type, TensorShapeProto shape) {
    return TensorInfo.newBuilder().setName(name).setDtype(type).setTensorShape(shape).build();
  }
}

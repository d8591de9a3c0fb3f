package io.penstock.model.tensorflow;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.tensorflow.proto.AssetFileDef;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/**
 * A SavedModel with an asset. Its initializer keeps the asset's path in a variable and writes a
 * line into a file; each run reads the asset. Signature {@code bits} takes and gives {@code int8},
 * signature {@code floats} {@code float32}; with each row comes what the asset holds.
 */
final class AssetModel {

  private static final String ASSET = "words.txt";
  private static final String INIT = "__saved_model_init_op";
  private static final AttrValue SCALAR =
      AttrValue.newBuilder().setShape(TensorShapeProto.getDefaultInstance()).build();

  private final MetaGraphDef.Builder model = MetaGraphDef.newBuilder();

  private AssetModel() {}

  /** Saves it in a folder; each initialization adds a line to that file. */
  static void save(Path folder, String content, Path initializations) throws IOException {
    AssetModel model = new AssetModel();
    model.initialize(initializations);
    model.signature("bits", DataType.DT_INT8);
    model.signature("floats", DataType.DT_FLOAT);
    Files.createDirectories(folder.resolve("assets"));
    Files.writeString(folder.resolve("assets").resolve(ASSET), content);
    Files.write(
        folder.resolve(GraphFile.NAME),
        SavedModel.newBuilder()
            .setSavedModelSchemaVersion(1)
            .addMetaGraphs(model.model)
            .build()
            .toByteArray());
  }

  private void initialize(Path initializations) {
    model.getMetaInfoDefBuilder().addTags(GraphFile.TAG);
    graph().getVersionsBuilder().setProducer(1882);
    text("asset", "");
    text("line", "initialized");
    add("path", "VarHandleOp")
        .putAttr("dtype", type(DataType.DT_STRING))
        .putAttr("shape", SCALAR)
        .putAttr("shared_name", bytes("path"));
    add("keep", "AssignVariableOp", "path", "asset").putAttr("dtype", type(DataType.DT_STRING));
    add("say", "PrintV2", "line")
        .putAttr("output_stream", bytes("file://" + initializations.toAbsolutePath()));
    add("init", "NoOp", "^keep", "^say");
    model.addAssetFileDef(
        AssetFileDef.newBuilder()
            .setFilename(ASSET)
            .setTensorInfo(TensorInfo.newBuilder().setName("asset:0")));
    model.putSignatureDef(
        INIT,
        SignatureDef.newBuilder()
            .putOutputs(INIT, TensorInfo.newBuilder().setName("init").build())
            .build());
    add("kept", "ReadVariableOp", "path").putAttr("dtype", type(DataType.DT_STRING));
    add("content", "ReadFile", "kept");
  }

  private void signature(String name, DataType type) {
    TensorShapeProto rows =
        TensorShapeProto.newBuilder().addDim(TensorShapeProto.Dim.newBuilder().setSize(-1)).build();
    String x = name + "/x";
    add(x, "Placeholder")
        .putAttr("dtype", type(type))
        .putAttr("shape", AttrValue.newBuilder().setShape(rows).build());
    add(name + "/y", "Identity", x).putAttr("T", type(type));
    add(name + "/rows", "Shape", x).putAttr("T", type(type));
    add(name + "/words", "Fill", name + "/rows", "content").putAttr("T", type(DataType.DT_STRING));
    model.putSignatureDef(
        name,
        SignatureDef.newBuilder()
            .setMethodName("tensorflow/serving/predict")
            .putInputs("x", tensor(x, type, rows))
            .putOutputs("y", tensor(name + "/y", type, rows))
            .putOutputs("words", tensor(name + "/words", DataType.DT_STRING, rows))
            .build());
  }

  private void text(String name, String value) {
    TensorProto.Builder text =
        TensorProto.newBuilder()
            .setDtype(DataType.DT_STRING)
            .setTensorShape(TensorShapeProto.getDefaultInstance())
            .addStringVal(ByteString.copyFromUtf8(value));
    add(name, "Const")
        .putAttr("dtype", type(DataType.DT_STRING))
        .putAttr("value", AttrValue.newBuilder().setTensor(text).build());
  }

  private NodeDef.Builder add(String name, String op, String... inputs) {
    NodeDef.Builder node = graph().addNodeBuilder().setName(name).setOp(op);
    for (String input : inputs) {
      node.addInput(input);
    }
    return node;
  }

  private GraphDef.Builder graph() {
    return model.getGraphDefBuilder();
  }

  private static TensorInfo tensor(String node, DataType type, TensorShapeProto shape) {
    return TensorInfo.newBuilder()
        .setName(node + ":0")
        .setDtype(type)
        .setTensorShape(shape)
        .build();
  }

  private static AttrValue type(DataType type) {
    return AttrValue.newBuilder().setType(type).build();
  }

  private static AttrValue bytes(String text) {
    return AttrValue.newBuilder().setS(ByteString.copyFromUtf8(text)).build();
  }
}

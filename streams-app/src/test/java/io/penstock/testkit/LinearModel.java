package io.penstock.testkit;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A SavedModel that adds its numbers up, times a factor, plus an offset. Small enough to be written
 * field by field: TensorFlow's classes are the model loader's business. The numbers of the fields
 * are those of {@code saved_model.proto}, {@code meta_graph.proto}, {@code node_def.proto} and
 * {@code attr_value.proto} of TensorFlow.
 */
public final class LinearModel {

  private static final int FLOAT = 1;
  private static final int INT32 = 3;
  private static final int STRING = 7;
  private static final int PRODUCER = 1882;

  /** The numbers of fields that are used more than once. */
  private static final int KEY = 1;

  private static final int VALUE = 2;

  private ByteString graph = ByteString.EMPTY;
  private ByteString signature = ByteString.EMPTY;
  private String sum = "";

  private LinearModel() {}

  /**
   * Saves one.
   *
   * @param version the folder of its version
   * @param numbers inputs that are added up: scalars, or vectors where a name ends in {@code [3]}
   * @param texts inputs of strings, which change nothing
   * @param output its one output
   */
  public static void save(
      Path version,
      List<String> numbers,
      List<String> texts,
      String output,
      float factor,
      float offset) {
    LinearModel model = new LinearModel();
    numbers.forEach(model::addNumber);
    texts.forEach(text -> model.addInput(text, STRING, shape(-1)));
    model.addConstant("factor", FLOAT, number(5, factor));
    model.addConstant("offset", FLOAT, number(5, offset));
    model.addNode("product", "Mul", attribute("T", type(6, FLOAT)), model.sum, "factor");
    model.addNode(output, "AddV2", attribute("T", type(6, FLOAT)), "product", "offset");
    model.addToSignature(2, output, FLOAT, shape(-1));
    try {
      Files.createDirectories(version);
      Files.write(version.resolve("saved_model.pb"), model.bytes().toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ByteString bytes() {
    ByteString versions = message(4, type(1, PRODUCER));
    ByteString method = text(3, "tensorflow/serving/predict");
    ByteString signatures =
        message(5, text(KEY, "serving_default").concat(message(VALUE, signature.concat(method))));
    ByteString metaGraph =
        message(1, text(4, "serve")).concat(message(2, graph.concat(versions))).concat(signatures);
    return type(1, 1).concat(message(2, metaGraph));
  }

  private void addNumber(String input) {
    int bracket = input.indexOf('[');
    String name = bracket < 0 ? input : input.substring(0, bracket);
    String term = name;
    if (bracket < 0) {
      addInput(name, FLOAT, shape(-1));
    } else {
      int size = Integer.parseInt(input.substring(bracket + 1, input.length() - 1));
      addInput(name, FLOAT, shape(-1, size));
      addConstant(name + "_axis", INT32, type(7, 1));
      term = name + "_sum";
      addNode(
          term,
          "Sum",
          attribute("T", type(6, FLOAT)).concat(attribute("Tidx", type(6, INT32))),
          name,
          name + "_axis");
    }
    if (!sum.isEmpty()) {
      addNode(name + "_added", "AddV2", attribute("T", type(6, FLOAT)), sum, term);
      term = name + "_added";
    }
    sum = term;
  }

  private void addInput(String name, int type, ByteString shape) {
    addNode(
        name,
        "Placeholder",
        attribute("dtype", type(6, type)).concat(attribute("shape", message(7, shape))));
    addToSignature(1, name, type, shape);
  }

  private void addConstant(String name, int type, ByteString value) {
    ByteString tensor = type(1, type).concat(message(2, ByteString.EMPTY)).concat(value);
    addNode(
        name,
        "Const",
        attribute("dtype", type(6, type)).concat(attribute("value", message(8, tensor))));
  }

  private void addNode(String name, String operation, ByteString attributes, String... inputs) {
    ByteString node = text(1, name).concat(text(2, operation));
    for (String input : inputs) {
      node = node.concat(text(3, input));
    }
    graph = graph.concat(message(1, node.concat(attributes)));
  }

  private void addToSignature(int side, String name, int type, ByteString shape) {
    ByteString tensor = text(1, name + ":0").concat(type(2, type)).concat(message(3, shape));
    signature = signature.concat(message(side, text(KEY, name).concat(message(VALUE, tensor))));
  }

  private static ByteString attribute(String name, ByteString value) {
    return message(5, text(KEY, name).concat(message(VALUE, value)));
  }

  private static ByteString shape(int... sizes) {
    ByteString shape = ByteString.EMPTY;
    for (int size : sizes) {
      shape = shape.concat(message(2, type(1, size)));
    }
    return shape;
  }

  private static ByteString text(int field, String value) {
    return message(field, ByteString.copyFromUtf8(value));
  }

  private static ByteString message(int field, ByteString value) {
    return written(out -> out.writeBytes(field, value));
  }

  private static ByteString type(int field, int value) {
    return written(out -> out.writeInt64(field, value));
  }

  private static ByteString number(int field, float value) {
    return written(out -> out.writeFloat(field, value));
  }

  /** Something that writes one field. */
  @FunctionalInterface
  private interface Field {
    void write(CodedOutputStream out) throws IOException;
  }

  private static ByteString written(Field field) {
    ByteString.Output bytes = ByteString.newOutput();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    try {
      field.write(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteString();
  }
}

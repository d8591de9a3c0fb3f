package io.penstock.model.tensorflow;

import io.penstock.model.ModelException;
import io.penstock.model.ServableId;
import io.penstock.model.files.Fingerprint;
import io.penstock.model.memory.ModelFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;

/**
 * Reads what a SavedModel offers from its files alone: no session, no native memory, no variables.
 * Whether it runs shows only when it is loaded. Stateless.
 */
public final class SavedModelInspector {

  private SavedModelInspector() {}

  /**
   * Inspects a version.
   *
   * @throws ModelException if it cannot be served, in the words that loading it would end with
   */
  public static SavedModelContents inspect(ServableId id, Path directory) {
    return contents(id, read(id, directory));
  }

  /**
   * Describes a version and all its files, also one that cannot be served.
   *
   * @throws ModelException if it is no SavedModel, or if a file cannot be read
   */
  public static SavedModelDescription describe(ServableId id, Path directory) {
    SavedModel model = readAny(id, directory);
    Optional<String> problem = GraphFile.problem(model);
    MetaGraphDef graph =
        problem.isEmpty()
            ? GraphFile.serving(model)
            : model.getMetaGraphsList().stream()
                .findFirst()
                .orElseGet(MetaGraphDef::getDefaultInstance);
    SignatureReader reader = new SignatureReader(id, graph);
    SavedModelContents contents = reader.read(GraphFile.tagSets(model));
    SortedMap<String, SavedModelDescription.Signature> signatures = new TreeMap<>();
    graph
        .getSignatureDefMap()
        .forEach(
            (name, signature) -> {
              if (contents.has(name)) {
                signatures.put(
                    name,
                    new SavedModelDescription.Signature(
                        signature.getMethodName(),
                        tensors(signature.getInputsMap(), reader),
                        tensors(signature.getOutputsMap(), reader),
                        Optional.ofNullable(contents.unservable().get(name))));
              }
            });
    try {
      return new SavedModelDescription(
          contents.tagSets(),
          problem,
          signatures,
          graph.getMetaInfoDef().getTensorflowVersion(),
          ModelFiles.bytes(directory),
          Fingerprint.of(directory),
          new WarmUpFile(id, directory, contents.signatures()));
    } catch (IOException e) {
      throw LoadFailure.passing(id, directory, e + ". Check its permissions.", e);
    }
  }

  private static List<SavedModelDescription.Tensor> tensors(
      Map<String, TensorInfo> tensors, SignatureReader reader) {
    return new TreeMap<>(tensors)
        .entrySet().stream()
            .map(tensor -> tensor(tensor.getKey(), tensor.getValue(), reader))
            .toList();
  }

  private static SavedModelDescription.Tensor tensor(
      String name, TensorInfo tensor, SignatureReader reader) {
    TensorShapeProto shape = reader.shape(tensor);
    return new SavedModelDescription.Tensor(
        name,
        TensorType.nameOf(tensor),
        shape.getUnknownRank()
            ? Optional.empty()
            : Optional.of(shape.getDimList().stream().map(TensorShapeProto.Dim::getSize).toList()),
        tensor.getEncodingCase() == TensorInfo.EncodingCase.COO_SPARSE
            ? tensor.getCooSparse().getValuesTensorName()
            : tensor.getName());
  }

  private static SavedModelContents contents(ServableId id, SavedModel model) {
    return new SignatureReader(id, GraphFile.serving(model)).read(GraphFile.tagSets(model));
  }

  private static SavedModel read(ServableId id, Path directory) {
    try {
      return GraphFile.read(directory);
    } catch (GraphFile.UnusableException e) {
      throw LoadFailure.unusable(id, directory, e);
    }
  }

  private static SavedModel readAny(ServableId id, Path directory) {
    try {
      return GraphFile.readAny(directory);
    } catch (GraphFile.UnusableException e) {
      throw LoadFailure.unusable(id, directory, e);
    }
  }
}

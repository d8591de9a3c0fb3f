package io.penstock.model.tensorflow;

import io.penstock.model.DeclaredSignature;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;

/** Copies the signatures out of a SavedModel's protocol buffer, all of them and as they are. */
final class DeclaredSignatures {

  private DeclaredSignatures() {}

  /** By name. */
  static List<DeclaredSignature> of(MetaGraphDef metaGraph) {
    return new TreeMap<>(metaGraph.getSignatureDefMap())
        .entrySet().stream().map(entry -> of(entry.getKey(), entry.getValue())).toList();
  }

  private static DeclaredSignature of(String name, SignatureDef definition) {
    return new DeclaredSignature(
        name,
        definition.getMethodName(),
        tensors(definition.getInputsMap()),
        tensors(definition.getOutputsMap()));
  }

  private static List<DeclaredSignature.Tensor> tensors(Map<String, TensorInfo> tensors) {
    return new TreeMap<>(tensors)
        .entrySet().stream().map(entry -> tensor(entry.getKey(), entry.getValue())).toList();
  }

  private static DeclaredSignature.Tensor tensor(String key, TensorInfo tensor) {
    return new DeclaredSignature.Tensor(
        key, tensor.getName(), TensorType.protoName(tensor), shape(tensor.getTensorShape()));
  }

  private static @Nullable List<Long> shape(TensorShapeProto shape) {
    return shape.getUnknownRank()
        ? null
        : shape.getDimList().stream().map(TensorShapeProto.Dim::getSize).toList();
  }
}

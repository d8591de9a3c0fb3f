package io.penstock.http.serving;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.model.DeclaredSignature;
import java.util.List;

/**
 * Signatures in the JSON form of TensorFlow Serving's {@code GetModelMetadataResponse}, whose
 * 64-bit numbers are texts.
 */
final class SignatureJson {

  /** Fills a response. */
  ObjectNode metadata(
      ObjectNode response, String model, long version, List<DeclaredSignature> signatures) {
    ObjectNode spec = response.putObject("model_spec");
    spec.put("name", model);
    spec.put("signature_name", "");
    spec.put("version", Long.toString(version));
    // A map of signatures in a message of the same name, as in the protocol buffer.
    ObjectNode definitions =
        response.putObject("metadata").putObject("signature_def").putObject("signature_def");
    for (DeclaredSignature signature : signatures) {
      ObjectNode definition = definitions.putObject(signature.name());
      tensors(definition.putObject("inputs"), signature.inputs());
      tensors(definition.putObject("outputs"), signature.outputs());
      definition.put("method_name", signature.method());
    }
    return response;
  }

  private static void tensors(ObjectNode target, List<DeclaredSignature.Tensor> tensors) {
    for (DeclaredSignature.Tensor tensor : tensors) {
      ObjectNode entry = target.putObject(tensor.key());
      entry.put("dtype", tensor.dtype());
      ObjectNode shape = entry.putObject("tensor_shape");
      ArrayNode dimensions = shape.putArray("dim");
      List<Long> sizes = tensor.shape();
      if (sizes != null) {
        for (long size : sizes) {
          dimensions.addObject().put("size", Long.toString(size)).put("name", "");
        }
      }
      shape.put("unknown_rank", sizes == null);
      entry.put("name", tensor.tensor());
    }
  }
}

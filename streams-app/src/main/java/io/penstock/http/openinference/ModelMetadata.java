package io.penstock.http.openinference;

import com.fasterxml.jackson.core.JsonGenerator;
import io.penstock.http.exchange.JsonTexts;
import io.penstock.http.serving.ModelView;
import io.penstock.model.DeclaredSignature;
import io.penstock.model.lifecycle.VersionState;
import io.penstock.requests.ModelSpec;
import java.io.IOException;
import java.util.List;

/** What the protocol tells of a model: its versions, and the tensors of its default signature. */
final class ModelMetadata {

  private ModelMetadata() {}

  /** The metadata of a version; its tensors are none if it has no default signature. */
  static byte[] of(String name, ModelView model, List<DeclaredSignature> signatures) {
    return JsonTexts.object(
        to -> {
          to.writeStringField("name", name);
          to.writeFieldName("versions");
          to.writeStartArray();
          for (var status : model.versions().values()) {
            if (status.state() == VersionState.AVAILABLE) {
              to.writeString(Long.toString(status.id().version()));
            }
          }
          to.writeEndArray();
          to.writeStringField("platform", "tensorflow_savedmodel");
          List<DeclaredSignature> served =
              signatures.stream()
                  .filter(it -> it.name().equals(ModelSpec.DEFAULT_SIGNATURE))
                  .toList();
          tensors("inputs", served.stream().flatMap(it -> it.inputs().stream()).toList(), to);
          tensors("outputs", served.stream().flatMap(it -> it.outputs().stream()).toList(), to);
        });
  }

  private static void tensors(
      String field, List<DeclaredSignature.Tensor> tensors, JsonGenerator to) throws IOException {
    to.writeFieldName(field);
    to.writeStartArray();
    for (DeclaredSignature.Tensor tensor : tensors) {
      to.writeStartObject();
      to.writeStringField("name", tensor.key());
      to.writeStringField("datatype", Datatype.of(tensor.dtype()));
      to.writeFieldName("shape");
      to.writeStartArray();
      List<Long> shape = tensor.shape();
      // The rank may be unknown: then rows are all that is known of it.
      for (long dimension : shape == null ? List.of(-1L) : shape) {
        to.writeNumber(dimension);
      }
      to.writeEndArray();
      to.writeEndObject();
    }
    to.writeEndArray();
  }
}

package io.penstock.grpc.message;

import io.penstock.codec.wire.WireCursor;
import io.penstock.codec.wire.WireWriter;
import io.penstock.http.serving.AskedModel;
import io.penstock.http.serving.ModelView;
import io.penstock.model.DeclaredSignature;
import io.penstock.model.ServableId;
import io.penstock.model.lifecycle.VersionState;
import io.penstock.model.lifecycle.VersionStatus;
import io.penstock.requests.ModelSpec;
import io.penstock.requests.RefusedRequestException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/** Answers what is asked of models: their versions' states and signatures. Thread-safe. */
public final class ModelMessages {

  private static final int METADATA_FIELD = WireCursor.tag(2, WireCursor.DELIMITED);
  private static final String SIGNATURE_DEF = "signature_def";
  private static final String SIGNATURE_DEF_TYPE =
      "type.googleapis.com/tensorflow.serving.SignatureDefMap";

  /** {@code tensorflow.error.Code} of a version whose error is a text. */
  private static final int UNKNOWN = 2;

  private final Function<String, Optional<ModelView>> models;
  private final ToIntFunction<String> dataTypes;

  /**
   * @param models what is known of a model by name; empty of one that is not served here
   * @param dataTypes the number of a {@code DataType} by its name
   */
  public ModelMessages(
      Function<String, Optional<ModelView>> models, ToIntFunction<String> dataTypes) {
    this.models = models;
    this.dataTypes = dataTypes;
  }

  /**
   * Answers a {@code GetModelStatusRequest}.
   *
   * @throws RefusedRequestException if it is malformed, or names no model or version that there is
   */
  public byte[] status(byte[] request) {
    AskedModel asked = asked(request, new WireCursor("GetModelStatusRequest"));
    List<VersionStatus> statuses = asked.statuses();
    return WireWriter.bytes(
        to -> statuses.forEach(status -> to.message(1, one -> status(status, one))));
  }

  private static void status(VersionStatus status, WireWriter to) {
    to.varint(1, status.id().version());
    to.varint(2, number(status.state()));
    to.message(
        3,
        outcome ->
            status
                .error()
                .ifPresent(
                    error -> {
                      outcome.varint(1, UNKNOWN);
                      outcome.text(2, error);
                    }));
  }

  private static int number(VersionState state) {
    return switch (state) {
      case START -> 10;
      case LOADING -> 20;
      case AVAILABLE -> 30;
      case UNLOADING -> 40;
      case END -> 50;
    };
  }

  /**
   * Answers a {@code GetModelMetadataRequest}.
   *
   * @throws RefusedRequestException if it is malformed, names no version that is available, or asks
   *     for something else than signatures
   */
  public byte[] metadata(byte[] request) {
    WireCursor in = new WireCursor("GetModelMetadataRequest");
    AskedModel asked = asked(request, in);
    PredictionRequest.wellFormed(
        () -> {
          requireSignatures(request, in);
          return in;
        });
    AskedModel.Signatures declared = asked.signatures();
    return WireWriter.bytes(
        to -> {
          to.message(1, SpecMessage.of(new ServableId(asked.name(), declared.version()), ""));
          to.message(
              2,
              entry -> {
                entry.text(1, SIGNATURE_DEF);
                entry.message(
                    2,
                    any -> {
                      any.text(1, SIGNATURE_DEF_TYPE);
                      any.message(2, map -> signatures(declared.signatures(), map));
                    });
              });
        });
  }

  private static void requireSignatures(byte[] request, WireCursor in) {
    boolean isAsked = false;
    in.over(request);
    while (in.hasMore()) {
      int tag = in.readTag();
      if (tag == METADATA_FIELD) {
        String field = SpecMessage.text(in);
        if (!field.equals(SIGNATURE_DEF)) {
          throw RefusedRequestException.invalid("Metadata field " + field + " is not supported");
        }
        isAsked = true;
      } else {
        in.skip(tag);
      }
    }
    if (!isAsked) {
      throw RefusedRequestException.invalid(
          "GetModelMetadataRequest must specify at least one metadata_field");
    }
  }

  private AskedModel asked(byte[] request, WireCursor in) {
    ModelSpec spec = PredictionRequest.wellFormed(() -> SpecMessage.of(request, in));
    AskedModel model = AskedModel.of(models, spec.model());
    return spec.version()
        .map(version -> model.version(version.toString()))
        .or(() -> spec.label().map(model::labelled))
        .orElse(model);
  }

  private void signatures(List<DeclaredSignature> signatures, WireWriter to) {
    for (DeclaredSignature signature : signatures) {
      to.message(
          1,
          entry -> {
            entry.text(1, signature.name());
            entry.message(
                2,
                definition -> {
                  tensors(1, signature.inputs(), definition);
                  tensors(2, signature.outputs(), definition);
                  definition.text(3, signature.method());
                });
          });
    }
  }

  private void tensors(int number, List<DeclaredSignature.Tensor> tensors, WireWriter to) {
    for (DeclaredSignature.Tensor tensor : tensors) {
      to.message(
          number,
          entry -> {
            entry.text(1, tensor.key());
            entry.message(2, info -> tensor(tensor, info));
          });
    }
  }

  private void tensor(DeclaredSignature.Tensor tensor, WireWriter to) {
    to.text(1, tensor.tensor());
    to.varint(2, dataTypes.applyAsInt(tensor.dtype()));
    to.message(
        3,
        shape -> {
          List<Long> sizes = tensor.shape();
          if (sizes == null) {
            shape.varint(3, 1);
          } else {
            sizes.forEach(size -> shape.message(2, dimension -> dimension.varint(1, size)));
          }
        });
  }
}

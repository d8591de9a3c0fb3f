package io.penstock.http.serving;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.penstock.model.lifecycle.VersionStatus;
import io.penstock.requests.RefusedRequestException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The paths of TensorFlow Serving's REST API that tell of models: {@code
 * /v1/models/MODEL[/versions/VERSION|/labels/LABEL][/metadata]}.
 */
public final class ServingApi {

  private static final String MODEL = "/v1/models/{model}";
  private static final String VERSION = MODEL + "/versions/{version}";
  private static final String LABEL = MODEL + "/labels/{label}";
  private static final String METADATA = "/metadata";

  private final ServingJson json = new ServingJson();
  private final SignatureJson signatures = new SignatureJson();
  private final Function<String, Optional<ModelView>> models;

  /** What answers a request that names a model which there is, and perhaps one of its versions. */
  @FunctionalInterface
  private interface Answer {
    void about(Context context, AskedModel asked);
  }

  /**
   * @param models what is known of a model by name; empty of one that is not served here
   */
  public ServingApi(Function<String, Optional<ModelView>> models) {
    this.models = models;
  }

  /** What to do for a GET of each path. */
  public Map<String, Handler> paths() {
    Map<String, Handler> paths = new LinkedHashMap<>();
    for (String path : List.of(MODEL, VERSION, LABEL)) {
      paths.put(path, context -> resolve(context, this::states));
      paths.put(path + METADATA, context -> resolve(context, this::metadata));
    }
    return paths;
  }

  private void resolve(Context context, Answer answer) {
    try {
      answer.about(context, asked(context));
    } catch (RefusedRequestException e) {
      json.refuse(context, e.httpStatus(), String.valueOf(e.getMessage()));
    }
  }

  private AskedModel asked(Context context) {
    Map<String, String> path = context.pathParamMap();
    AskedModel model = AskedModel.of(models, context.pathParam("model"));
    if (path.containsKey("label")) {
      return model.labelled(context.pathParam("label"));
    }
    if (!path.containsKey("version")) {
      return model;
    }
    String version = context.pathParam("version");
    if (!version.matches("\\d+")) {
      throw RefusedRequestException.invalid(
          "Malformed request: %s %s".formatted(context.method(), context.path()));
    }
    return model.version(version);
  }

  private void states(Context context, AskedModel asked) {
    ObjectNode body = json.object();
    ArrayNode list = body.putArray("model_version_status");
    for (VersionStatus status : asked.statuses()) {
      ObjectNode entry = list.addObject();
      entry.put("version", Long.toString(status.id().version()));
      entry.put("state", status.state().name());
      ObjectNode outcome = entry.putObject("status");
      outcome.put("error_code", status.error().isEmpty() ? "OK" : "UNKNOWN");
      outcome.put("error_message", status.error().orElse(""));
    }
    json.answer(context, body);
  }

  private void metadata(Context context, AskedModel asked) {
    AskedModel.Signatures declared = asked.signatures();
    json.answer(
        context,
        signatures.metadata(
            json.object(), asked.name(), declared.version(), declared.signatures()));
  }
}

package io.penstock.http.serving;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.penstock.model.lifecycle.VersionState;
import io.penstock.model.lifecycle.VersionStatus;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The paths of TensorFlow Serving's REST API that tell of models: {@code
 * /v1/models/MODEL[/versions/VERSION|/labels/LABEL][/metadata]}. States come newest version first.
 *
 * <p>Metadata without a version is that of the active version, which TensorFlow Serving has none
 * of: there it is the newest that is available, as it is here while none is active.
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
    void about(Context context, Asked asked);
  }

  /**
   * What a path names.
   *
   * @param version empty where it names none
   */
  private record Asked(String name, ModelView model, Optional<Long> version) {}

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
    Map<String, String> asked = context.pathParamMap();
    String name = context.pathParam("model");
    Optional<ModelView> model = models.apply(name).filter(it -> !it.versions().isEmpty());
    if (model.isEmpty()) {
      json.refuse(context, 404, "Could not find any versions of model " + name);
    } else if (asked.containsKey("label")) {
      byLabel(context, name, model.get(), answer);
    } else if (asked.containsKey("version")) {
      byVersion(context, name, model.get(), context.pathParam("version"), answer);
    } else {
      answer.about(context, new Asked(name, model.get(), Optional.empty()));
    }
  }

  private void byLabel(Context context, String name, ModelView model, Answer answer) {
    String label = context.pathParam("label");
    Long version = model.labels().get(label);
    if (version == null) {
      json.refuse(context, 400, "Unrecognized servable version label: " + label);
    } else {
      byVersion(context, name, model, version.toString(), answer);
    }
  }

  private void byVersion(
      Context context, String name, ModelView model, String version, Answer answer) {
    if (!version.matches("\\d+")) {
      json.refuse(
          context, 400, "Malformed request: %s %s".formatted(context.method(), context.path()));
      return;
    }
    Map<Long, VersionStatus> versions = model.versions();
    Optional<Long> known =
        Optional.of(version)
            .filter(text -> text.matches("\\d{1,18}"))
            .map(Long::valueOf)
            .filter(versions::containsKey);
    if (known.isEmpty()) {
      json.refuse(context, 404, "Could not find version " + version + " of model " + name);
    } else {
      answer.about(context, new Asked(name, model, known));
    }
  }

  private void states(Context context, Asked asked) {
    Map<Long, VersionStatus> known = asked.model().versions();
    Collection<VersionStatus> statuses =
        asked
            .version()
            .map(known::get)
            .<Collection<VersionStatus>>map(List::of)
            .orElse(known.values());
    ObjectNode body = json.object();
    ArrayNode list = body.putArray("model_version_status");
    for (VersionStatus status : statuses) {
      // Newest first.
      ObjectNode entry = list.insertObject(0);
      entry.put("version", Long.toString(status.id().version()));
      entry.put("state", status.state().name());
      ObjectNode outcome = entry.putObject("status");
      outcome.put("error_code", status.error().isEmpty() ? "OK" : "UNKNOWN");
      outcome.put("error_message", status.error().orElse(""));
    }
    json.answer(context, body);
  }

  private void metadata(Context context, Asked asked) {
    Optional<Long> version =
        asked.version().or(asked.model()::active).or(() -> newestAvailable(asked.model()));
    version
        .flatMap(asked.model()::signatures)
        .ifPresentOrElse(
            declared ->
                json.answer(
                    context,
                    signatures.metadata(
                        json.object(), asked.name(), version.orElseThrow(), declared)),
            () -> json.refuse(context, 404, "Servable not found for request: " + wanted(asked)));
  }

  /** As TensorFlow Serving prints a request for a servable. */
  private static String wanted(Asked asked) {
    return asked
        .version()
        .map(version -> "Specific(" + asked.name() + ", " + version + ")")
        .orElse("Latest(" + asked.name() + ")");
  }

  private static Optional<Long> newestAvailable(ModelView model) {
    return model.versions().entrySet().stream()
        .filter(entry -> entry.getValue().state() == VersionState.AVAILABLE)
        .map(Map.Entry::getKey)
        .max(Long::compare);
  }
}

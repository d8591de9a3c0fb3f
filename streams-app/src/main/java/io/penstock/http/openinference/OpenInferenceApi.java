package io.penstock.http.openinference;

import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.penstock.http.exchange.Exchange;
import io.penstock.http.exchange.JsonTexts;
import io.penstock.http.serving.ModelView;
import io.penstock.model.lifecycle.VersionState;
import io.penstock.model.lifecycle.VersionStatus;
import io.penstock.requests.ModelSpec;
import io.penstock.requests.RefusedRequestException;
import io.penstock.requests.RefusedRequestException.Code;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The paths of the Open Inference Protocol: {@code POST /v2/models/MODEL[/versions/VERSION]/infer},
 * and what it asks about the server and its models. The version that is meant where none is named
 * is the one that the fleet serves. Thread-safe.
 */
public final class OpenInferenceApi {

  private static final String SERVER = "/v2";
  private static final String MODEL = "/v2/models/{model}";
  private static final List<String> SPECS = List.of(MODEL, MODEL + "/versions/{version}");

  private final Exchange exchange;
  private final Function<String, Optional<ModelView>> models;
  private final Health health;

  /** How the service is. Thread-safe; must not block. */
  public interface Health {

    /** Whether a restart would only disturb. */
    boolean live();

    /** Whether every part of it is ready. */
    boolean ready();
  }

  /**
   * @param models what is known of a model by name; empty of one that is not served here
   */
  public OpenInferenceApi(
      Exchange exchange, Function<String, Optional<ModelView>> models, Health health) {
    this.exchange = exchange;
    this.models = models;
    this.health = health;
  }

  /** What to do for a GET of each path. */
  public Map<String, Handler> gets() {
    Map<String, Handler> paths = new LinkedHashMap<>();
    paths.put(SERVER, context -> answer(context, server()));
    paths.put(SERVER + "/health/live", context -> health(context, "live", health.live()));
    paths.put(SERVER + "/health/ready", context -> health(context, "ready", health.ready()));
    for (String spec : SPECS) {
      paths.put(spec, context -> orRefuse(context, this::metadata));
      paths.put(spec + "/ready", context -> orRefuse(context, this::ready));
    }
    return paths;
  }

  /** What to do for a POST to each path. */
  public Map<String, Handler> posts() {
    Map<String, Handler> paths = new LinkedHashMap<>();
    for (String spec : SPECS) {
      paths.put(
          spec + "/infer",
          context ->
              orRefuse(
                  context, asked -> exchange.answer(asked, modelSpec(asked), InferRequest::of)));
    }
    return paths;
  }

  private static void health(Context context, String name, boolean is) {
    context.status(is ? 200 : 503);
    answer(context, JsonTexts.object(to -> to.writeBooleanField(name, is)));
  }

  private static byte[] server() {
    return JsonTexts.object(
        to -> {
          to.writeStringField("name", "penstock");
          String version = OpenInferenceApi.class.getPackage().getImplementationVersion();
          to.writeStringField("version", version == null ? "unknown" : version);
          to.writeFieldName("extensions");
          to.writeStartArray();
          to.writeEndArray();
        });
  }

  private static ModelSpec modelSpec(Context context) {
    String model = context.pathParam("model");
    return new ModelSpec(model, version(context), Optional.empty(), Optional.empty());
  }

  private static Optional<Long> version(Context context) {
    return context.pathParamMap().containsKey("version")
        ? Optional.of(Exchange.version(context))
        : Optional.empty();
  }

  private void metadata(Context context) {
    String name = context.pathParam("model");
    ModelView model = model(name);
    byte[] metadata =
        version(context)
            .or(model::active)
            .flatMap(model::signatures)
            .map(signatures -> ModelMetadata.of(name, model, signatures))
            .orElseThrow(
                () ->
                    new RefusedRequestException(
                        Code.NOT_FOUND, "model " + name + " has no such version that is loaded"));
    answer(context, metadata);
  }

  private void ready(Context context) {
    String name = context.pathParam("model");
    ModelView model = model(name);
    Map<Long, VersionStatus> versions = model.versions();
    boolean isReady =
        version(context)
            .or(model::active)
            .map(versions::get)
            .map(VersionStatus::state)
            .filter(VersionState.AVAILABLE::equals)
            .isPresent();
    if (!isReady) {
      throw RefusedRequestException.unavailable("model " + name + " is not ready");
    }
    answer(
        context,
        JsonTexts.object(
            to -> {
              to.writeStringField("name", name);
              to.writeBooleanField("ready", true);
            }));
  }

  private ModelView model(String name) {
    return models
        .apply(name)
        .orElseThrow(
            () -> new RefusedRequestException(Code.NOT_FOUND, "there is no model " + name));
  }

  private static void orRefuse(Context context, Handler handler) throws Exception {
    try {
      handler.handle(context);
    } catch (RefusedRequestException e) {
      Exchange.refuse(context, e);
    }
  }

  private static void answer(Context context, byte[] body) {
    context.contentType("application/json").result(body);
  }
}

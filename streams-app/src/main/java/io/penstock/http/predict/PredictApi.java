package io.penstock.http.predict;

import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.penstock.http.exchange.Exchange;
import io.penstock.http.exchange.Question;
import io.penstock.requests.ModelSpec;
import io.penstock.requests.RefusedRequestException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The paths of TensorFlow Serving's REST API that answer with predictions: {@code POST
 * /v1/models/MODEL[/versions/VERSION|/labels/LABEL]:predict|:classify|:regress}. Thread-safe.
 */
public final class PredictApi {

  private static final String MODEL = "/v1/models/{model}";
  private static final List<String> SPECS =
      List.of(MODEL, MODEL + "/versions/{version}", MODEL + "/labels/{label}");

  private final Exchange exchange;

  public PredictApi(Exchange exchange) {
    this.exchange = exchange;
  }

  /** What to do for a POST to each path. */
  public Map<String, Handler> paths() {
    Map<String, Handler> paths = new LinkedHashMap<>();
    for (String spec : SPECS) {
      paths.put(spec + ":predict", context -> ask(context, (body, room) -> JsonRequest.of(body)));
      paths.put(
          spec + ":classify",
          context ->
              ask(
                  context,
                  (body, room) -> ExamplesRequest.of(body, room, JsonAnswer::classifications)));
      paths.put(
          spec + ":regress",
          context ->
              ask(
                  context,
                  (body, room) -> ExamplesRequest.of(body, room, JsonAnswer::regressions)));
    }
    return paths;
  }

  private void ask(Context context, Question.Reading reading) {
    try {
      exchange.answer(context, spec(context), reading);
    } catch (RefusedRequestException e) {
      Exchange.refuse(context, e);
    }
  }

  private static ModelSpec spec(Context context) {
    String model = context.pathParam("model");
    Map<String, String> named = context.pathParamMap();
    return new ModelSpec(
        model,
        named.containsKey("version") ? Optional.of(Exchange.version(context)) : Optional.empty(),
        Optional.ofNullable(named.get("label")),
        Optional.empty());
  }
}

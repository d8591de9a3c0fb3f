package io.penstock.http;

import io.javalin.http.Handler;
import io.penstock.http.exchange.Exchange;
import io.penstock.http.openinference.OpenInferenceApi;
import io.penstock.http.predict.PredictApi;
import io.penstock.http.serving.ModelView;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The paths by which predictions are asked for, in every protocol over HTTP. Immutable.
 *
 * @param gets what to do for a GET of each path
 * @param posts what to do for a POST to each path
 */
public record RequestPaths(Map<String, Handler> gets, Map<String, Handler> posts) {

  /**
   * The paths of TensorFlow Serving and of the Open Inference Protocol.
   *
   * @param models what is known of a model by name; empty of one that is not served here
   * @param health how the service is
   */
  public static RequestPaths of(
      Exchange exchange,
      Function<String, Optional<ModelView>> models,
      Supplier<HealthReport> health) {
    OpenInferenceApi openInference = new OpenInferenceApi(exchange, models, new Now(health));
    Map<String, Handler> posts = new LinkedHashMap<>(new PredictApi(exchange).paths());
    posts.putAll(openInference.posts());
    return new RequestPaths(openInference.gets(), posts);
  }

  /** How the service is at the moment. */
  private record Now(Supplier<HealthReport> report) implements OpenInferenceApi.Health {

    @Override
    public boolean live() {
      return report.get().live();
    }

    @Override
    public boolean ready() {
      return report.get().ready();
    }
  }
}

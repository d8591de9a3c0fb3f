package io.penstock.http;

import io.javalin.http.Handler;
import io.penstock.config.HttpConfig;
import io.penstock.http.exchange.Exchange;
import io.penstock.http.serving.ModelView;
import io.penstock.http.serving.ServingApi;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The HTTP server of a port of its own that answers as TensorFlow Serving and the Open Inference
 * Protocol have it, and nothing else: predictions by request, states and signatures of models.
 * Daemon threads; {@link #close} is idempotent.
 */
public final class RequestServer implements AutoCloseable {

  /** Acceptor, selector, and questions about models. */
  private static final int OTHER_THREADS = 6;

  private final WebServer server;

  private RequestServer(WebServer server) {
    this.server = server;
  }

  /**
   * Starts a server.
   *
   * @param config where it listens, with the certificate and the token
   * @param models what is known of a model by name; empty of one that is not served here
   * @throws AdminServerException if it cannot listen there, or lacks its certificate or token
   */
  public static RequestServer start(
      HttpConfig config, RequestPaths requests, Function<String, Optional<ModelView>> models) {
    Map<String, Handler> gets = new LinkedHashMap<>(new ServingApi(models).paths());
    gets.putAll(requests.gets());
    return new RequestServer(
        WebServer.start(
            "requests.rest", config, OTHER_THREADS + Exchange.readers(), gets, requests.posts()));
  }

  /** The port that is listened on: the configured one, or the free one that was taken. */
  public int port() {
    return server.port();
  }

  @Override
  public void close() {
    server.close();
  }
}

package io.penstock.http;

import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.penstock.config.HttpConfig;
import io.penstock.http.exchange.Exchange;
import io.penstock.http.serving.ModelView;
import io.penstock.http.serving.ServingApi;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The admin HTTP server.
 *
 * <ul>
 *   <li>{@code GET /health/live}: 200, or 503 once the process should be restarted;
 *   <li>{@code GET /health/ready}: 200, or 503 while a pipeline, a model or the control plane is
 *       not ready;
 *   <li>{@code GET /status}: all that it knows of itself and its fleet;
 *   <li>{@code GET /metrics}: all metrics in Prometheus' text format;
 *   <li>{@code GET /v1/models/MODEL…}: states and signatures, as TensorFlow Serving answers;
 *   <li>{@code POST /v1/models/MODEL…:predict} and its like, {@code /v2/…}: predictions, where they
 *       are answered here;
 *   <li>{@code POST /reload}: reads the configuration again; only where there is a token, or where
 *       only this machine reaches the server;
 *   <li>{@code GET /openapi.yaml}: all of this as an OpenAPI document.
 * </ul>
 *
 * <p>Where there is a token, all but the first two ask for it. Asks for what it answers on its own
 * threads, which are few, small in number and daemons. {@link #close} is idempotent.
 */
public final class AdminServer implements AutoCloseable {

  /** Acceptor, selector and requests: an orchestrator's probes and an operator's questions. */
  private static final int MAX_THREADS = 6;

  /** Prometheus' text format. */
  private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";

  private static final String HEALTH = WebServer.OPEN_TO_ALL;

  private final WebServer server;

  /** What the service says of itself at the moment. Thread-safe; must not block. */
  public interface Answers {

    /** How it is. */
    HealthReport health();

    /** What it knows of itself and its fleet. */
    ServiceStatus status();

    /** All metrics, in Prometheus' text format. */
    String metrics();

    /** Reads the configuration again; completes with what it came to. */
    CompletableFuture<ReloadReport> reload();

    /** What is known of a model; empty if it is not served here. */
    Optional<ModelView> model(String name);
  }

  private AdminServer(WebServer server) {
    this.server = server;
  }

  /** Starts a server that answers no requests for predictions. */
  public static AdminServer start(HttpConfig config, Answers answers) {
    return start(config, answers, Optional.empty());
  }

  /**
   * Starts a server.
   *
   * @param answers what to answer; asked for every request, so it should not block
   * @param requests the paths by which predictions are asked for, if that is to be here
   * @throws AdminServerException if it cannot listen there, or lacks its certificate or token
   */
  public static AdminServer start(
      HttpConfig config, Answers answers, Optional<RequestPaths> requests) {
    StatusJson json = new StatusJson();
    Map<String, Handler> gets = paths(answers, json);
    Map<String, Handler> posts = posts(config, answers, json);
    requests.ifPresent(paths -> gets.putAll(paths.gets()));
    requests.ifPresent(paths -> posts.putAll(paths.posts()));
    return new AdminServer(
        WebServer.start(
            "http.listen",
            config,
            MAX_THREADS + (requests.isPresent() ? Exchange.readers() : 0),
            gets,
            posts));
  }

  /** What to do for a GET of each path there is. */
  static Map<String, Handler> paths(Answers answers, StatusJson json) {
    Map<String, Handler> paths = new LinkedHashMap<>();
    paths.put(HEALTH + "live", context -> health(context, json, answers.health(), true));
    paths.put(HEALTH + "ready", context -> health(context, json, answers.health(), false));
    paths.put("/status", context -> json.answer(context, answers.status()));
    paths.put(
        "/metrics", context -> context.contentType(PROMETHEUS_TEXT).result(answers.metrics()));
    paths.putAll(new ServingApi(answers::model).paths());
    paths.put(
        WebServer.DOCUMENT, context -> context.contentType("application/yaml").result(document()));
    return paths;
  }

  /** What to do for a POST to each path there is. */
  static Map<String, Handler> posts(HttpConfig config, Answers answers, StatusJson json) {
    Map<String, Handler> paths = new LinkedHashMap<>();
    boolean open = config.tokenFile().isPresent() || config.listen().isLoopback();
    paths.put(
        "/reload",
        context -> {
          if (!open) {
            json.refuse(
                context,
                403,
                "http.listen: %s is for others too, and nobody has to show a token (expected: http.token-file, to reload over HTTP; or send SIGHUP to the process)"
                    .formatted(config.listen()));
          } else if (context.header("Origin") != null) {
            json.refuse(context, 403, "a page in a browser may not reload the configuration");
          } else {
            context.future(
                () -> answers.reload().thenAccept(report -> json.answer(context, report)));
          }
        });
    return paths;
  }

  /** The port that is listened on: the configured one, or the free one that was taken. */
  public int port() {
    return server.port();
  }

  @Override
  public void close() {
    server.close();
  }

  private static void health(Context context, StatusJson json, HealthReport report, boolean live) {
    context.status((live ? report.live() : report.ready()) ? 200 : 503);
    json.answer(context, report);
  }

  static InputStream document() {
    return Objects.requireNonNull(AdminServer.class.getResourceAsStream("openapi.yaml"));
  }
}

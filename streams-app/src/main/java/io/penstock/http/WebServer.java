package io.penstock.http;

import io.javalin.Javalin;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HttpResponseException;
import io.javalin.util.JavalinException;
import io.penstock.config.HttpConfig;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An HTTP server of this service: its socket, its threads, who is let in, and what is said of paths
 * that there are not. {@link #close} is idempotent.
 */
final class WebServer implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(WebServer.class);

  private static final int IDLE_THREAD_MILLIS = 60_000;

  /** Orchestrators ask for health, and have no token. */
  static final String OPEN_TO_ALL = "/health/";

  /** A document of all paths. */
  static final String DOCUMENT = "/openapi.yaml";

  private final Javalin server;

  private WebServer(Javalin server) {
    this.server = server;
  }

  /**
   * Starts a server.
   *
   * @param key of the configuration that says where it listens
   * @param maxThreads acceptor, selector and requests
   * @param gets what to do for a GET of each path
   * @param posts what to do for a POST to each path
   * @throws AdminServerException if it cannot listen there, or lacks its certificate or token
   */
  static WebServer start(
      String key,
      HttpConfig config,
      int maxThreads,
      Map<String, Handler> gets,
      Map<String, Handler> posts) {
    StatusJson json = new StatusJson();
    Listener listener = new Listener(config);
    Optional<BearerToken> token =
        config.tokenFile().map(file -> new BearerToken("http.token-file", file));
    Javalin server =
        Javalin.create(
            javalin -> {
              javalin.startup.showJavalinBanner = false;
              javalin.startup.showOldJavalinVersionWarning = false;
              javalin.startup.startupWatcherEnabled = false;
              javalin.jetty.threadPool = threads(maxThreads);
              javalin.jetty.addConnector(listener::connector);
              javalin.routes.exception(Exception.class, WebServer::failed);
              javalin.routes.exception(
                  HttpResponseException.class,
                  (refusal, context) -> refused(refusal, context, json));
              token.ifPresent(
                  secret -> javalin.routes.before(context -> admit(context, secret, json)));
              gets.forEach(javalin.routes::get);
              posts.forEach(javalin.routes::post);
            });
    try {
      return new WebServer(server.start());
    } catch (JavalinException e) {
      server.stop();
      throw new AdminServerException(
          key
              + ": "
              + config.listen()
              + " cannot be listened on (expected: an address of this machine and a port that is"
              + " free; port 0 takes any)",
          e);
    }
  }

  /** The port that is listened on: the configured one, or the free one that was taken. */
  int port() {
    return server.port();
  }

  @Override
  public void close() {
    server.stop();
  }

  private static void admit(Context context, BearerToken token, StatusJson json) {
    if (context.path().startsWith(OPEN_TO_ALL) || context.path().startsWith("/v2" + OPEN_TO_ALL)) {
      return;
    }
    try {
      if (!token.isIn(context.header("Authorization"))) {
        context.header("WWW-Authenticate", "Bearer");
        json.refuse(
            context, 401, "a token is needed (expected: Authorization: Bearer …, http.token-file)");
        context.skipRemainingHandlers();
      }
    } catch (IOException e) {
      log.error("http.token-file cannot be read, and nobody is let in reason={}", e.toString());
      json.refuse(context, 503, "the service cannot read its token: see its log");
      context.skipRemainingHandlers();
    }
  }

  private static void refused(HttpResponseException refusal, Context context, StatusJson json) {
    json.refuse(
        context,
        refusal.getStatus(),
        "%s %s: %s (expected: one of the paths in %s)"
            .formatted(context.method(), context.path(), refusal.getMessage(), DOCUMENT));
  }

  /**
   * Must not fail itself: Javalin would have this handle that, and so on for ever. It would where
   * the request is gone, as after a stop, since nothing can be asked of such a one any more.
   */
  private static void failed(Exception failure, Context context) {
    try {
      String request = context.method() + " " + context.path();
      context.status(500).result("see the log of the service");
      log.error("{} failed", request, failure);
    } catch (RuntimeException gone) {
      log.info("an answer came after its request was gone reason={}", failure.toString());
    }
  }

  private static QueuedThreadPool threads(int max) {
    QueuedThreadPool threads = new QueuedThreadPool(max, 1, IDLE_THREAD_MILLIS);
    threads.setReservedThreads(0);
    threads.setName("penstock-http");
    threads.setDaemon(true);
    return threads;
  }
}

package io.penstock.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.Javalin;
import io.javalin.http.Context;
import io.javalin.util.JavalinException;
import io.penstock.config.HttpConfig;
import java.io.UncheckedIOException;
import java.util.function.Supplier;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The admin HTTP server.
 *
 * <ul>
 *   <li>{@code GET /health/live}: 200, or 503 once the process should be restarted;
 *   <li>{@code GET /health/ready}: 200, or 503 while a pipeline, a model or the control plane is
 *       not ready.
 * </ul>
 *
 * <p>Both answer with the whole report as JSON. Asks for the report on its own threads, which are
 * few, small in number and daemons. {@link #close} is idempotent.
 */
public final class AdminServer implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(AdminServer.class);

  /** Acceptor, selector and requests: an orchestrator's probes and an operator's questions. */
  private static final int MAX_THREADS = 6;

  private static final int IDLE_THREAD_MILLIS = 60_000;

  private final Javalin server;

  private AdminServer(Javalin server) {
    this.server = server;
  }

  /**
   * Starts a server.
   *
   * @param health what to report; called for every request, so it should not block
   * @throws AdminServerException if it cannot listen there
   */
  public static AdminServer start(HttpConfig config, Supplier<HealthReport> health) {
    HttpConfig.Address listen = config.listen();
    ObjectMapper json = new ObjectMapper();
    Javalin server =
        Javalin.create(
            javalin -> {
              javalin.startup.showJavalinBanner = false;
              javalin.startup.showOldJavalinVersionWarning = false;
              javalin.startup.startupWatcherEnabled = false;
              javalin.jetty.threadPool = threads();
              javalin.jetty.addConnector((jetty, http) -> connector(jetty, http, listen));
              javalin.routes.exception(Exception.class, AdminServer::failed);
              javalin.routes.get("/health/live", ctx -> answer(ctx, json, health.get(), true));
              javalin.routes.get("/health/ready", ctx -> answer(ctx, json, health.get(), false));
            });
    try {
      return new AdminServer(server.start());
    } catch (JavalinException e) {
      server.stop();
      throw new AdminServerException(
          "http.listen: "
              + listen
              + " cannot be listened on (expected: an address of this machine and a port that is"
              + " free; port 0 takes any)",
          e);
    }
  }

  /** The port that is listened on: the configured one, or the free one that was taken. */
  public int port() {
    return server.port();
  }

  @Override
  public void close() {
    server.stop();
  }

  private static void answer(
      Context context, ObjectMapper json, HealthReport report, boolean live) {
    boolean well = live ? report.live() : report.ready();
    ObjectNode body = json.createObjectNode();
    body.put("live", report.live());
    body.put("ready", report.ready());
    body.set("pipelines", json.valueToTree(report.pipelines()));
    body.set("models", json.valueToTree(report.models()));
    body.set("controlPlane", json.valueToTree(report.controlPlane()));
    context.status(well ? 200 : 503).contentType("application/json").result(text(json, body));
  }

  private static void failed(Exception failure, Context context) {
    log.error("{} {} failed", context.method(), context.path(), failure);
    context.status(500).result("see the log of the service");
  }

  private static String text(ObjectMapper json, ObjectNode body) {
    try {
      return json.writeValueAsString(body);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static QueuedThreadPool threads() {
    QueuedThreadPool threads = new QueuedThreadPool(MAX_THREADS, 1, IDLE_THREAD_MILLIS);
    threads.setReservedThreads(0);
    threads.setName("penstock-http");
    threads.setDaemon(true);
    return threads;
  }

  private static ServerConnector connector(
      Server jetty, HttpConfiguration http, HttpConfig.Address listen) {
    http.setSendServerVersion(false);
    ServerConnector connector =
        new ServerConnector(
            jetty,
            null,
            new ScheduledExecutorScheduler("penstock-http-timer", true),
            null,
            1,
            1,
            new HttpConnectionFactory(http));
    connector.setHost(listen.host());
    connector.setPort(listen.port());
    return connector;
  }
}

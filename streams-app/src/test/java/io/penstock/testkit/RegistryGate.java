package io.penstock.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The way to a registry, which can be shut: then it hangs up, or answers as an ingress does whose
 * backend is gone, with a page and 404 or 503, by turns. Thread-safe.
 */
public final class RegistryGate implements AutoCloseable {

  private final URI registry;
  private final HttpClient http = HttpClient.newHttpClient();
  private final HttpServer server;
  private final AtomicInteger turnedAway = new AtomicInteger();
  private volatile boolean shut;

  /** A gate that is open. */
  public RegistryGate(String registryUrl) {
    this.registry = URI.create(registryUrl);
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/", this::answer);
    server.start();
  }

  /** The registry's address through the gate. */
  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + registry.getPath();
  }

  /** Lets nobody through from now on, and counts who comes. */
  public void shut() {
    turnedAway.set(0);
    shut = true;
  }

  public void open() {
    shut = false;
  }

  /** How many requests were turned away since it was last shut. */
  public int turnedAway() {
    return turnedAway.get();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      if (shut) {
        int turn = turnedAway.incrementAndGet() % 3;
        if (turn > 0) {
          reply(exchange, turn == 1 ? 503 : 404, "<html>default backend</html>".getBytes(UTF_8));
        }
        return;
      }
      HttpResponse<byte[]> response =
          http.send(forwarded(exchange, body), BodyHandlers.ofByteArray());
      reply(exchange, response.statusCode(), response.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private HttpRequest forwarded(HttpExchange exchange, byte[] body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(registry.resolve(exchange.getRequestURI().toString()))
            .method(exchange.getRequestMethod(), BodyPublishers.ofByteArray(body));
    String type = exchange.getRequestHeaders().getFirst("Content-Type");
    if (type != null) {
      request.header("Content-Type", type);
    }
    return request.build();
  }

  private static void reply(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}

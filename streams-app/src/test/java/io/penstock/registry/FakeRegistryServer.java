package io.penstock.registry;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** A registry on loopback that gives the answers it was told to give, in that order. */
final class FakeRegistryServer implements AutoCloseable {

  private final HttpServer server;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
  private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
  private final List<Headers> headers = Collections.synchronizedList(new ArrayList<>());

  FakeRegistryServer() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/", this::answer);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  FakeRegistryServer answering(int status, String body) {
    answers.add(new Answer(status, body));
    return this;
  }

  /** Answers with the beginning of a body, and no more of it until it is closed. */
  FakeRegistryServer answeringWithoutEnd(int status) {
    answers.add(new Answer(status, null));
    return this;
  }

  /** What was asked: method, path with query, body. */
  List<String> requests() {
    return List.copyOf(requests);
  }

  /** The authorization of each request, empty for none. */
  List<String> authorizations() {
    return headers("Authorization");
  }

  /** That header of each request, empty for none. */
  List<String> headers(String name) {
    return List.copyOf(headers).stream()
        .map(each -> each.getFirst(name))
        .map(value -> value == null ? "" : value)
        .toList();
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      requests.add(
          (exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + body).strip());
      headers.add(exchange.getRequestHeaders());
      Answer answer = answers.poll();
      if (answer == null) {
        answer = new Answer(500, "{\"error_code\":50001,\"message\":\"no answer was prepared\"}");
      }
      if (answer.body == null) {
        exchange.sendResponseHeaders(answer.status, 100);
        exchange.getResponseBody().write('{');
        exchange.getResponseBody().flush();
        closed.await();
        return;
      }
      byte[] bytes = answer.body.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(answer.status, bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private record Answer(int status, @Nullable String body) {}
}

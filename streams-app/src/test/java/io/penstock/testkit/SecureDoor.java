package io.penstock.testkit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.function.Predicate;
import javax.net.ssl.SSLParameters;

/**
 * HTTPS in front of something that speaks HTTP, for those who show a certificate, and a password or
 * a token.
 */
public final class SecureDoor implements AutoCloseable {

  private final HttpClient http = HttpClient.newHttpClient();
  private final HttpsServer server;
  private final URI behind;
  private final Predicate<String> isWelcome;

  /**
   * @param behind the URL that it stands before
   * @param visitor the only one who may come in
   * @param userInfo what he has to say, too
   * @param identities whose tokens do in place of that
   */
  public SecureDoor(
      String behind,
      Identity self,
      Identity visitor,
      String userInfo,
      IdentityProvider identities) {
    this.behind = URI.create(behind);
    String authorization =
        "Basic " + Base64.getEncoder().encodeToString(userInfo.getBytes(StandardCharsets.UTF_8));
    this.isWelcome = said -> authorization.equals(said) || identities.believes(said);
    try {
      server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setHttpsConfigurator(
        new HttpsConfigurator(self.meeting(visitor)) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters tls = getSSLContext().getDefaultSSLParameters();
            tls.setNeedClientAuth(true);
            parameters.setSSLParameters(tls);
          }
        });
    server.createContext("/", this::pass);
    server.start();
  }

  /** The same URL, by way of the door. */
  public String url() {
    return "https://127.0.0.1:" + server.getAddress().getPort() + behind.getPath();
  }

  private void pass(HttpExchange exchange) throws IOException {
    try (exchange) {
      String said = exchange.getRequestHeaders().getFirst("Authorization");
      if (said == null || !isWelcome.test(said)) {
        exchange.sendResponseHeaders(401, -1);
        return;
      }
      HttpRequest.Builder request =
          HttpRequest.newBuilder(behind.resolve(exchange.getRequestURI()))
              .method(
                  exchange.getRequestMethod(),
                  HttpRequest.BodyPublishers.ofByteArray(exchange.getRequestBody().readAllBytes()));
      String type = exchange.getRequestHeaders().getFirst("Content-Type");
      if (type != null) {
        request.header("Content-Type", type);
      }
      HttpResponse<byte[]> answer =
          http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
      answer
          .headers()
          .firstValue("Content-Type")
          .ifPresent(it -> exchange.getResponseHeaders().set("Content-Type", it));
      exchange.sendResponseHeaders(answer.statusCode(), answer.body().length);
      exchange.getResponseBody().write(answer.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}

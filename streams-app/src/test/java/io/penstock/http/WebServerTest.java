package io.penstock.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.config.HttpConfig;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class WebServerTest {

  /** Javalin would ask an exception handler that fails by an exception to handle that, for ever. */
  @Test
  @Timeout(value = 2, unit = TimeUnit.MINUTES)
  void shouldLetGoOfAnAnswerThatComesAfterTheStop() throws InterruptedException {
    CompletableFuture<Void> late = new CompletableFuture<>();
    CountDownLatch asked = new CountDownLatch(1);
    WebServer server =
        WebServer.start(
            "http",
            HttpConfig.plain(new HttpConfig.Address("127.0.0.1", 0)),
            4,
            Map.of(
                "/late",
                context ->
                    context.future(
                        () -> {
                          asked.countDown();
                          return late.thenRun(() -> context.result("too late"));
                        })),
            Map.of());
    CompletableFuture<?> answer =
        HttpClient.newHttpClient()
            .sendAsync(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/late"))
                    .build(),
                BodyHandlers.ofString());
    asked.await();
    server.close();
    answer.handle((response, failure) -> null).join();
    Thread answering = new Thread(() -> late.complete(null), "answering");
    answering.setDaemon(true);

    answering.start();
    answering.join(TimeUnit.MINUTES.toMillis(1));

    assertThat(answering.isAlive()).as("still at work on an answer that nobody gets").isFalse();
  }
}

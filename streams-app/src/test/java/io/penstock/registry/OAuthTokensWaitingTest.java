package io.penstock.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.registry.RegistryException.Kind;
import io.penstock.testkit.Await;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLSession;
import org.junit.jupiter.api.Test;

/** What threads wait for while one of them asks an identity provider that hangs, and then fails. */
class OAuthTokensWaitingTest {

  private static final int WAITING = 4;

  private final AtomicLong nanos = new AtomicLong();
  private final AtomicInteger asked = new AtomicInteger();
  private final CountDownLatch hanging = new CountDownLatch(1);
  private final CountDownLatch failing = new CountDownLatch(1);
  private volatile boolean hangs;
  private final OAuthTokens tokens =
      new OAuthTokens(
          Objects.requireNonNull(
              RegistrySettings.of(
                      Map.of(
                          "schema.registry.url", "http://127.0.0.1:1",
                          "bearer.auth.credentials.source", "OAUTHBEARER",
                          "bearer.auth.issuer.endpoint.url", "http://127.0.0.1:1/token",
                          "bearer.auth.client.id", "scoring",
                          "bearer.auth.client.secret", "sesame"))
                  .access()
                  .oauth()),
          (request, whom, what) -> send(),
          nanos::incrementAndGet);

  /** Or as many threads as there are would wait that many times as long. */
  @Test
  void shouldTellAFailureToAllThatHaveWaitedForIt() throws Exception {
    hangs = true;
    List<CompletableFuture<String>> answers = new ArrayList<>();
    List<Thread> waiting = new ArrayList<>();
    answers.add(ask(waiting));
    hanging.await();
    for (int i = 0; i < WAITING; i++) {
      answers.add(ask(waiting));
    }
    Await.until(
        "all wait",
        30,
        () -> waiting.stream().allMatch(each -> each.getState() == Thread.State.WAITING));

    failing.countDown();

    for (CompletableFuture<String> answer : answers) {
      assertThatThrownBy(answer::get)
          .isInstanceOf(ExecutionException.class)
          .hasMessageContaining("it hangs");
    }
    assertThat(asked).hasValue(1);
    assertThatThrownBy(tokens::current).hasMessageContaining("it hangs");
    assertThat(asked).as("who comes later asks again").hasValue(2);
  }

  @Test
  void shouldGoOnWithATokenThatIsGoodWhileAnotherThreadAsks() throws Exception {
    assertThat(tokens.current()).isEqualTo("good");
    hangs = true;
    nanos.addAndGet(Duration.ofMinutes(56).toNanos());
    CompletableFuture<String> answer = ask(new ArrayList<>());
    hanging.await();

    assertThat(tokens.current()).isEqualTo("good");

    failing.countDown();
    assertThat(answer.get()).isEqualTo("good");
    assertThat(asked).hasValue(2);
  }

  private CompletableFuture<String> ask(List<Thread> threads) {
    CompletableFuture<String> answer = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                answer.complete(tokens.current());
              } catch (RuntimeException e) {
                answer.completeExceptionally(e);
              }
            });
    thread.setDaemon(true);
    threads.add(thread);
    thread.start();
    return answer;
  }

  private HttpResponse<byte[]> send() {
    asked.incrementAndGet();
    if (!hangs) {
      return new Granted();
    }
    hanging.countDown();
    try {
      failing.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new RegistryException(Kind.UNAVAILABLE, "it hangs", null);
  }

  /** A token for an hour. */
  private static final class Granted implements HttpResponse<byte[]> {

    @Override
    public int statusCode() {
      return 200;
    }

    @Override
    public byte[] body() {
      return "{\"access_token\":\"good\",\"expires_in\":3600}".getBytes(UTF_8);
    }

    @Override
    public HttpRequest request() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Optional<HttpResponse<byte[]>> previousResponse() {
      return Optional.empty();
    }

    @Override
    public HttpHeaders headers() {
      return HttpHeaders.of(Map.of(), (name, value) -> true);
    }

    @Override
    public Optional<SSLSession> sslSession() {
      return Optional.empty();
    }

    @Override
    public URI uri() {
      return URI.create("http://127.0.0.1:1/token");
    }

    @Override
    public HttpClient.Version version() {
      return HttpClient.Version.HTTP_1_1;
    }
  }
}

package io.penstock.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A registry that is asked with tokens, beside who gives them. */
class OAuthTokensTest {

  private static final String STRING = "{\"schema\":\"\\\"string\\\"\"}";
  private static final String HOUR = "{\"access_token\":\"%s\",\"expires_in\":3600}";
  private static final String ASKED = "POST /token grant_type=client_credentials";

  /** Of client {@code scoring} with the secret {@code sesame}. */
  private static final String CLIENT = "Basic c2NvcmluZzpzZXNhbWU=";

  private final FakeRegistryServer server = new FakeRegistryServer();
  private final FakeRegistryServer provider = new FakeRegistryServer();
  private final AtomicLong nanos = new AtomicLong();

  @AfterEach
  void stop() {
    server.close();
    provider.close();
  }

  @Test
  void shouldAskForATokenOnceAndForAnotherBeforeItIsOver() {
    // given
    RestSchemaRegistry registry = registry();
    provider.answering(200, HOUR.formatted("first")).answering(200, HOUR.formatted("second"));

    // when
    ask(registry, 1);
    nanos.addAndGet(Duration.ofMinutes(54).toNanos());
    ask(registry, 2);
    nanos.addAndGet(Duration.ofMinutes(2).toNanos());
    ask(registry, 3);

    // then
    assertThat(provider.requests()).containsExactly(ASKED, ASKED);
    assertThat(provider.authorizations()).containsExactly(CLIENT, CLIENT);
    assertThat(server.authorizations())
        .containsExactly("Bearer first", "Bearer first", "Bearer second");
  }

  @Test
  void shouldRenewATokenOfAShortLifeInTime() {
    RestSchemaRegistry registry = registry();
    provider
        .answering(200, "{\"access_token\":\"first\",\"expires_in\":100}")
        .answering(200, HOUR.formatted("second"));

    ask(registry, 1);
    nanos.addAndGet(Duration.ofSeconds(79).toNanos());
    ask(registry, 2);
    nanos.addAndGet(Duration.ofSeconds(2).toNanos());
    ask(registry, 3);

    assertThat(server.authorizations())
        .containsExactly("Bearer first", "Bearer first", "Bearer second");
  }

  @Test
  void shouldUseATokenThatIsGoodWhileItCannotBeRenewed() {
    // given
    RestSchemaRegistry registry = registry("max.retries", "0");
    provider.answering(200, HOUR.formatted("first"));
    ask(registry, 1);

    // when
    nanos.addAndGet(Duration.ofMinutes(56).toNanos());
    ask(registry, 2);
    ask(registry, 3);

    // then: it is not asked for every request
    assertThat(server.authorizations()).containsOnly("Bearer first");
    assertThat(provider.requests()).hasSize(2);
    nanos.addAndGet(Duration.ofMinutes(5).toNanos());
    assertThatThrownBy(() -> registry.schemaById(4))
        .isInstanceOfSatisfying(RegistryException.class, e -> assertThat(e.isRetriable()).isTrue())
        .hasMessageContaining("/token answered 500 when asked for a token for client scoring");
  }

  @Test
  void shouldAskForAnotherTokenOnceWhenTheRegistryRefusesOne() {
    // given
    RestSchemaRegistry registry = registry();
    provider.answering(200, HOUR.formatted("revoked")).answering(200, HOUR.formatted("second"));
    server.answering(401, "").answering(200, STRING);

    // when
    registry.schemaById(1);

    // then
    assertThat(server.authorizations()).containsExactly("Bearer revoked", "Bearer second");
    provider.answering(200, HOUR.formatted("third"));
    server.answering(401, "").answering(401, "");
    assertThatThrownBy(() -> registry.schemaById(2))
        .hasMessageContaining("answered 401")
        .hasMessageContaining("check basic.auth.* or bearer.auth.*");
  }

  @Test
  void shouldSayWhatTheProviderSays() {
    provider.answering(
        401, "{\"error\":\"invalid_client\",\"error_description\":\"unknown client\"}");

    assertThatThrownBy(() -> registry().schemaById(7))
        .isInstanceOfSatisfying(
            RegistryException.class,
            e -> assertThat(e.kind()).isEqualTo(RegistryException.Kind.REFUSED))
        .hasMessageContaining("Identity provider " + provider.url() + "/token answered 401 when")
        .hasMessageContaining(": invalid_client: unknown client; check bearer.auth.client.id")
        .hasMessageNotContaining("sesame");
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void shouldTryAProviderAgainThatMayComeBack() {
    provider
        .answering(503, "<html>")
        .answering(200, "<html>Sign in</html>")
        .answering(200, HOUR.formatted("first"));

    ask(registry(), 7);

    assertThat(server.authorizations()).containsExactly("Bearer first");
  }

  @Test
  void shouldSayThatAPageIsNoTokenEndpoint() {
    provider.answering(200, "<html>Sign in</html>");

    assertThatThrownBy(() -> registry("max.retries", "0").schemaById(7))
        .hasMessageContaining(
            "there is no access_token, or none that a header could hold; is bearer.auth.issuer.endpoint.url the");
  }

  @Test
  void shouldSendTheScopeAndWhatTheCloudFindsItsClusterBy() {
    provider.answering(200, HOUR.formatted("first"));

    ask(
        registry(
            "bearer.auth.scope", "registry read",
            "bearer.auth.logical.cluster", "lsrc-1",
            "bearer.auth.identity.pool.id", "pool-1"),
        7);

    assertThat(provider.requests()).containsExactly(ASKED + "&scope=registry+read");
    assertThat(server.headers("target-sr-cluster")).containsExactly("lsrc-1");
    assertThat(server.headers("Confluent-Identity-Pool-Id")).containsExactly("pool-1");
  }

  @Test
  void shouldAskForOneTokenForAllThreads() throws Exception {
    // given
    RestSchemaRegistry registry = registry();
    provider.answering(200, HOUR.formatted("first"));
    IntStream.range(0, 8).forEach(i -> server.answering(200, STRING));
    ExecutorService threads = Executors.newFixedThreadPool(8);

    // when
    List<? extends Future<?>> answers =
        IntStream.range(0, 8)
            .mapToObj(id -> threads.submit(() -> registry.schemaById(id)))
            .toList();
    for (Future<?> answer : answers) {
      answer.get();
    }
    threads.shutdown();

    // then
    assertThat(provider.requests()).hasSize(1);
  }

  @Test
  void shouldNeverPrintTheSecret() {
    RegistrySettings settings = RegistrySettings.of(keys());

    assertThat(settings.toString()).contains("client scoring").doesNotContain("sesame");
  }

  private void ask(RestSchemaRegistry registry, int id) {
    server.answering(200, STRING);
    registry.schemaById(id);
  }

  private RestSchemaRegistry registry(String... keysAndValues) {
    return new RestSchemaRegistry(
        RegistrySettings.of(keys(keysAndValues)),
        (outcome, took) -> {},
        nanos::get,
        nanos::addAndGet);
  }

  private Map<String, String> keys(String... keysAndValues) {
    Map<String, String> keys =
        new HashMap<>(
            Map.of(
                "schema.registry.url", server.url(),
                "retries.wait.ms", "0",
                "bearer.auth.credentials.source", "OAUTHBEARER",
                "bearer.auth.issuer.endpoint.url", provider.url() + "/token",
                "bearer.auth.client.id", "scoring",
                "bearer.auth.client.secret", "sesame"));
    for (int i = 0; i < keysAndValues.length; i += 2) {
      keys.put(keysAndValues[i], keysAndValues[i + 1]);
    }
    return keys;
  }
}

package io.penstock.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.config.HttpConfig;
import io.penstock.http.HealthReport.Batches;
import io.penstock.http.HealthReport.ControlPlane;
import io.penstock.http.HealthReport.Model;
import io.penstock.http.HealthReport.Pipeline;
import io.penstock.testkit.Identity;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AdminServerTest {

  private static final Batches BATCHES = new Batches(64, 1.5, "as configured");
  private static final Map<String, Long> SEALED = Map.of("linger", 7L);
  private static final Pipeline RUNNING =
      new Pipeline(true, true, "RUNNING", "", 0, 0, SEALED, BATCHES);
  private static final Pipeline REBALANCING =
      new Pipeline(true, false, "REBALANCING", "", 0, 0, SEALED, BATCHES);
  private static final Pipeline DEAD =
      new Pipeline(false, false, "ERROR", "an offset is gone", 0, 0, SEALED, BATCHES);

  private final HttpClient client = HttpClient.newHttpClient();

  @TempDir private Path folder;

  @Test
  void shouldAnswerForAServiceThatIsWell() throws Exception {
    try (AdminServer server = serving(report(RUNNING))) {
      HttpResponse<String> ready = get(server, "/health/ready");

      assertThat(ready.statusCode()).isEqualTo(200);
      assertThat(ready.headers().firstValue("content-type")).hasValue("application/json");
      assertThat(ready.body())
          .isEqualTo(
              "{\"live\":true,\"ready\":true,"
                  + "\"pipelines\":{\"p\":{\"live\":true,\"ready\":true,\"state\":\"RUNNING\","
                  + "\"detail\":\"\",\"inFlightRecords\":0,\"averageBatchRows\":0.0,"
                  + "\"sealed\":{\"linger\":7},"
                  + "\"batches\":{\"rows\":64,\"lingerMillis\":1.5,\"reason\":\"as configured\"}}},"
                  + "\"models\":{\"digits\":{\"ready\":true,\"active\":\"2\","
                  + "\"versions\":{\"1\":\"UNLOADING\",\"2\":\"AVAILABLE\"},"
                  + "\"since\":{\"1\":\"2026-11-23T07:31:48Z\",\"2\":\"2026-11-23T07:31:47Z\"},"
                  + "\"warmUps\":{\"2\":\"no run\"},\"pending\":{\"3\":\"its marker is missing\"},\"detail\":\"\"}},"
                  + "\"controlPlane\":{\"ready\":true,\"state\":\"FOLLOWING\",\"detail\":\"\"}}");
      assertThat(get(server, "/health/live").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void shouldBeLiveButNotReadyWhileItRebalances() throws Exception {
    try (AdminServer server = serving(report(REBALANCING))) {
      assertThat(get(server, "/health/ready").statusCode()).isEqualTo(503);
      assertThat(get(server, "/health/live").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void shouldBeLiveButNotReadyOnceTheControlPlaneHasFailed() throws Exception {
    ControlPlane failed = new ControlPlane(false, "FAILED", "not authorized for scoring.decisions");
    try (AdminServer server = serving(report(RUNNING, failed))) {
      assertThat(get(server, "/health/ready").statusCode()).isEqualTo(503);
      assertThat(get(server, "/health/ready").body())
          .contains("\"detail\":\"not authorized for scoring.decisions\"");
      assertThat(get(server, "/health/live").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void shouldBeNeitherOnceAPipelineIsBeyondRecovery() throws Exception {
    try (AdminServer server = serving(report(DEAD))) {
      assertThat(get(server, "/health/ready").statusCode()).isEqualTo(503);
      assertThat(get(server, "/health/live").statusCode()).isEqualTo(503);
      assertThat(get(server, "/health/live").body()).contains("an offset is gone");
    }
  }

  @Test
  void shouldReportTheMomentOfTheRequest() throws Exception {
    AtomicReference<HealthReport> report = new AtomicReference<>(report(REBALANCING));
    try (AdminServer server = AdminServer.start(anyPort(), answers(report::get))) {
      report.set(report(RUNNING));

      assertThat(get(server, "/health/ready").statusCode()).isEqualTo(200);
      assertThat(get(server, "/elsewhere").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void shouldAnswerWithAllMetrics() throws Exception {
    try (AdminServer server = serving(report(DEAD))) {
      HttpResponse<String> metrics = get(server, "/metrics");

      assertThat(metrics.statusCode()).isEqualTo(200);
      assertThat(metrics.headers().firstValue("content-type"))
          .hasValue("text/plain; version=0.0.4; charset=utf-8");
      assertThat(metrics.body()).isEqualTo("up 1\n");
    }
  }

  @Test
  void shouldSayWhereItIsAndWhatTheFleetHasDecided() throws Exception {
    try (AdminServer server = serving(report(RUNNING))) {
      HttpResponse<String> status = get(server, "/status");

      assertThat(status.statusCode()).isEqualTo(200);
      assertThat(status.body())
          .startsWith(
              "{\"service\":\"scoring\",\"instance\":\"i-1\",\"since\":\"2026-11-23T07:31:40Z\","
                  + "\"configuration\":{\"fingerprint\":\"5c1f0a77be01\","
                  + "\"since\":\"2026-11-23T07:31:40Z\",\"reload\":\"\"},"
                  + "\"live\":true,\"ready\":true,\"pipelines\":{\"p\":{")
          .contains(
              "\"batches\":{\"rows\":64,\"lingerMillis\":1.5,\"reason\":\"as configured\"},"
                  + "\"model\":\"digits\",\"input\":\"in\",\"output\":\"out\","
                  + "\"deadLetters\":\"dead\",\"lag\":9,\"partitions\":[{\"topic\":\"in\","
                  + "\"partition\":1,\"task\":\"0_1\",\"thread\":\"StreamThread-1\","
                  + "\"committed\":null,\"lag\":9}]}")
          .endsWith(
              "\"fleet\":{\"digits\":{\"phase\":\"PREPARE\",\"active\":2,\"previous\":1,"
                  + "\"target\":3,\"epoch\":14,\"time\":\"2026-11-23T07:31:48Z\",\"reason\":null,"
                  + "\"labels\":{\"canary\":3},\"pins\":[1]}}}");
    }
  }

  @Test
  void shouldSayWhereThePathsAreWhenOneIsUnknown() throws Exception {
    try (AdminServer server = serving(report(RUNNING))) {
      HttpResponse<String> answer = get(server, "/elsewhere");

      assertThat(answer.statusCode()).isEqualTo(404);
      assertThat(answer.body())
          .startsWith("{\"error\":\"GET /elsewhere: ")
          .endsWith("(expected: one of the paths in /openapi.yaml)\"}");
    }
  }

  @Test
  void shouldAnswerButForHealthWithTheTokenOnly() throws Exception {
    // given
    Path file = Files.writeString(folder.resolve("token"), "planted\n");
    HttpConfig config =
        new HttpConfig(new HttpConfig.Address("127.0.0.1", 0), Optional.empty(), Optional.of(file));
    try (AdminServer server = AdminServer.start(config, answers(() -> report(RUNNING)))) {
      // when, then
      HttpResponse<String> refused = get(server, "/status");
      assertThat(refused.statusCode()).isEqualTo(401);
      assertThat(refused.headers().firstValue("www-authenticate")).hasValue("Bearer");
      assertThat(refused.body()).contains("http.token-file").doesNotContain("planted");
      assertThat(get(server, "/status", "Bearer other").statusCode()).isEqualTo(401);
      assertThat(get(server, "/status", "Bearer planted").statusCode()).isEqualTo(200);
      assertThat(get(server, "/metrics").statusCode()).isEqualTo(401);
      assertThat(get(server, "/v1/models/half_plus_two").statusCode()).isEqualTo(401);
      assertThat(get(server, "/elsewhere").statusCode()).isEqualTo(401);
      assertThat(get(server, "/health/live").statusCode()).isEqualTo(200);
      assertThat(get(server, "/health/ready").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void shouldReloadForThisMachine() throws Exception {
    try (AdminServer server = serving(report(RUNNING))) {
      HttpResponse<String> answer = post(server, "/reload");

      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body())
          .isEqualTo(
              "{\"outcome\":\"DONE\",\"problems\":[],\"configuration\":\"5c1f0a77be01\","
                  + "\"pipelines\":{\"added\":[\"more\"],\"changed\":[],\"removed\":[\"gone\"],"
                  + "\"unchanged\":[\"p\"]},\"models\":{\"added\":[],\"changed\":[],\"removed\":[],"
                  + "\"unchanged\":[\"digits\"]},\"summary\":\"reload: pipelines added=[more]"
                  + " changed=[] removed=[gone] unchanged=[p] models added=[] changed=[] removed=[]"
                  + " unchanged=[digits] configuration=5c1f0a77be01\"}");
      assertThat(post(server, "/reload", "Origin", "http://elsewhere").statusCode()).isEqualTo(403);
    }
  }

  @Test
  void shouldReloadForOthersWithTheTokenOnly() throws Exception {
    // given an address that does not look as if only this machine reached it
    HttpConfig.Address others = new HttpConfig.Address("127.1", 0);
    Path file = Files.writeString(folder.resolve("token"), "planted");
    HttpConfig guarded = new HttpConfig(others, Optional.empty(), Optional.of(file));
    try (AdminServer open = AdminServer.start(HttpConfig.plain(others), answers());
        AdminServer closed = AdminServer.start(guarded, answers())) {
      // when, then
      HttpResponse<String> refused = post(open, "/reload");
      assertThat(refused.statusCode()).isEqualTo(403);
      assertThat(refused.body()).contains("http.token-file", "SIGHUP");
      assertThat(post(closed, "/reload").statusCode()).isEqualTo(401);
      assertThat(post(closed, "/reload", "Authorization", "Bearer planted").statusCode())
          .isEqualTo(200);
    }
  }

  private HttpResponse<String> post(AdminServer server, String path, String... headers)
      throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + server.port() + path);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri).POST(HttpRequest.BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void shouldTakeANewTokenWithoutARestart() throws Exception {
    Path file = Files.writeString(folder.resolve("token"), "first");
    HttpConfig config =
        new HttpConfig(new HttpConfig.Address("127.0.0.1", 0), Optional.empty(), Optional.of(file));
    try (AdminServer server = AdminServer.start(config, answers(() -> report(RUNNING)))) {
      Files.writeString(file, "second");
      assertThat(get(server, "/status", "Bearer first").statusCode()).isEqualTo(401);
      assertThat(get(server, "/status", "Bearer second").statusCode()).isEqualTo(200);

      Files.writeString(file, "");
      assertThat(get(server, "/status", "Bearer ").statusCode()).isEqualTo(503);
    }
  }

  @Test
  void shouldSpeakHttpsOnlyWithAKeystore() throws Exception {
    // given
    Identity self = Identity.make(folder, "penstock", "planted");
    try (AdminServer server = AdminServer.start(https(self, "planted"), answers())) {
      HttpClient https = HttpClient.newBuilder().sslContext(self.believed()).build();
      URI uri = URI.create("https://127.0.0.1:" + server.port() + "/health/live");
      // when
      HttpResponse<String> answer =
          https.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
      // then
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThatThrownBy(() -> get(server, "/health/live")).isInstanceOf(IOException.class);
    }
  }

  @Test
  void shouldNotStartWithoutItsKeystore() {
    Identity self = Identity.make(folder, "penstock", "planted");

    assertThatThrownBy(() -> AdminServer.start(https(self, "another"), answers()))
        .isInstanceOf(AdminServerException.class)
        .hasMessageStartingWith(
            "http.tls.keystore: "
                + self.keystore()
                + " cannot be opened with http.tls.keystore-password (expected: ")
        .hasMessageNotContaining("another");
  }

  private static AdminServer.Answers answers() {
    return answers(() -> report(RUNNING));
  }

  private static HttpConfig https(Identity self, String password) {
    return new HttpConfig(
        new HttpConfig.Address("127.0.0.1", 0),
        Optional.of(new HttpConfig.Tls(self.keystore(), password)),
        Optional.empty());
  }

  @Test
  void shouldNotStartWithoutItsToken() {
    HttpConfig config =
        new HttpConfig(
            new HttpConfig.Address("127.0.0.1", 0),
            Optional.empty(),
            Optional.of(folder.resolve("nowhere")));

    assertThatThrownBy(() -> AdminServer.start(config, answers(() -> report(RUNNING))))
        .isInstanceOf(AdminServerException.class)
        .hasMessageStartingWith("http.token-file: " + folder.resolve("nowhere") + " has no token");
  }

  @Test
  void shouldNameTheKeyWhenThePortIsTaken() {
    try (AdminServer server = serving(report(RUNNING))) {
      HttpConfig same = HttpConfig.plain(new HttpConfig.Address("127.0.0.1", server.port()));

      assertThatThrownBy(() -> AdminServer.start(same, answers(() -> report(RUNNING))))
          .isInstanceOf(AdminServerException.class)
          .hasMessage(
              "http.listen: 127.0.0.1:"
                  + server.port()
                  + " cannot be listened on (expected: an address of this machine and a port that"
                  + " is free; port 0 takes any)");
    }
  }

  @Test
  void shouldRunOnFewThreadsThatKeepNoProcessAlive() throws Exception {
    try (AdminServer server = serving(report(RUNNING))) {
      for (int i = 0; i < 20; i++) {
        get(server, "/health/ready");
      }

      assertThat(Thread.getAllStackTraces().keySet())
          .filteredOn(thread -> thread.getName().startsWith("penstock-http"))
          .hasSizeBetween(1, 8)
          .allMatch(Thread::isDaemon);
    }
  }

  @Test
  void shouldCloseTwice() {
    AdminServer server = serving(report(RUNNING));

    server.close();
    server.close();

    assertThatThrownBy(() -> get(server, "/health/live")).isInstanceOf(Exception.class);
  }

  private static AdminServer.Answers answers(Supplier<HealthReport> health) {
    return new FakeAnswers(health);
  }

  private static AdminServer serving(HealthReport report) {
    return AdminServer.start(anyPort(), answers(() -> report));
  }

  private static HttpConfig anyPort() {
    return HttpConfig.plain(new HttpConfig.Address("127.0.0.1", 0));
  }

  private static HealthReport report(Pipeline pipeline) {
    return report(pipeline, new ControlPlane(true, "FOLLOWING", ""));
  }

  private static HealthReport report(Pipeline pipeline, ControlPlane controlPlane) {
    Model model =
        new Model(
            true,
            "2",
            new TreeMap<>(Map.of(1L, "UNLOADING", 2L, "AVAILABLE")),
            new TreeMap<>(Map.of(1L, "2026-11-23T07:31:48Z", 2L, "2026-11-23T07:31:47Z")),
            new TreeMap<>(Map.of(2L, "no run")),
            new TreeMap<>(Map.of(3L, "its marker is missing")),
            "");
    return new HealthReport(
        new TreeMap<>(Map.of("p", pipeline)), new TreeMap<>(Map.of("digits", model)), controlPlane);
  }

  private HttpResponse<String> get(AdminServer server, String path) throws Exception {
    return get(server, path, "");
  }

  private HttpResponse<String> get(AdminServer server, String path, String authorization)
      throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + server.port() + path);
    HttpRequest.Builder request = HttpRequest.newBuilder(uri);
    if (!authorization.isEmpty()) {
      request.header("Authorization", authorization);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }
}

package io.penstock.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.config.HttpConfig;
import io.penstock.http.HealthReport.Batches;
import io.penstock.http.HealthReport.ControlPlane;
import io.penstock.http.HealthReport.Model;
import io.penstock.http.HealthReport.Pipeline;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

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
                  + "\"warmUps\":{\"2\":\"no run\"},\"detail\":\"\"}},"
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
    try (AdminServer server = AdminServer.start(anyPort(), report::get)) {
      report.set(report(RUNNING));

      assertThat(get(server, "/health/ready").statusCode()).isEqualTo(200);
      assertThat(get(server, "/elsewhere").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void shouldNameTheKeyWhenThePortIsTaken() {
    try (AdminServer server = serving(report(RUNNING))) {
      HttpConfig same = new HttpConfig(new HttpConfig.Address("127.0.0.1", server.port()));

      assertThatThrownBy(() -> AdminServer.start(same, () -> report(RUNNING)))
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

  private static AdminServer serving(HealthReport report) {
    return AdminServer.start(anyPort(), () -> report);
  }

  private static HttpConfig anyPort() {
    return new HttpConfig(new HttpConfig.Address("127.0.0.1", 0));
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
            new TreeMap<>(Map.of(2L, "no run")),
            "");
    return new HealthReport(
        new TreeMap<>(Map.of("p", pipeline)), new TreeMap<>(Map.of("digits", model)), controlPlane);
  }

  private HttpResponse<String> get(AdminServer server, String path) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + server.port() + path);
    return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
  }
}

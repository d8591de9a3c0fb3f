package io.penstock.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.testkit.Await;
import io.penstock.testkit.Penstock;
import io.penstock.testkit.ServiceUnderTest;
import io.penstock.testkit.Workbench;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A service without pipelines, which answers requests: one comes, and goes again. */
class RequestsAloneIT {

  private static final String SERVICE = "alone";
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;

  @Test
  void shouldStartWithoutPipelinesAndGoOnWhenTheLastOneGoes() throws IOException {
    try (Workbench bench = new Workbench(folder)) {
      bench.createControlTopics(SERVICE);
      bench.createTopics(1, "in", "out", "dead");
      Path config =
          bench.writeConfig(
              "alone.yaml",
              SERVICE,
              """
              models:
                digits: {path: "%s", settle: 300ms, poll-interval: 100ms}
              """
                  .formatted(bench.installVersion("digits", 1)));
      String without = Files.readString(config);
      String with =
          without
              + """
              pipelines:
                digits:
                  model: digits
                  start-from: earliest
                  input: {topic: in, format: json}
                  output: {topic: out, format: json}
                  dead-letters: {topic: dead}
              """;
      Penstock.Ended check =
          Penstock.run(
              60,
              folder.resolve("check.log"),
              Map.of(),
              "config",
              "check",
              "--config",
              config + "");
      assertThat(check.exitCode()).as(check.output()).isZero();

      try (ServiceUnderTest service = ServiceUnderTest.start(config, folder, SERVICE)) {
        service.awaitReady();
        assertThat(predict(service)).isEqualTo(200);

        Files.writeString(config, with);
        assertThat(reload(service).at("/pipelines/added/0").asText()).isEqualTo("digits");
        Await.until("it is at work", 60, () -> service.state("digits").equals("RUNNING"));
        Files.writeString(config, without);
        assertThat(reload(service).at("/pipelines/removed/0").asText()).isEqualTo("digits");

        assertThat(service.isReady()).isTrue();
        assertThat(predict(service)).isEqualTo(200);
        assertThat(service.terminate()).as(service.log()).isZero();
      }
    }
  }

  private static int predict(ServiceUnderTest service) {
    JsonNode pixels = Workbench.golden("digits", 1).at("/inputs/pixels");
    ObjectNode request = JSON.createObjectNode();
    request.putArray("instances").add(JSON.valueToTree(Example.row(pixels, 0)));
    return service.post("/v1/models/digits:predict", request.toString()).statusCode();
  }

  private static JsonNode reload(ServiceUnderTest service) throws IOException {
    HttpResponse<String> answer = service.post("/reload", "");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body());
  }
}

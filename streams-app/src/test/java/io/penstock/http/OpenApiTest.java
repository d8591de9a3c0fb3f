package io.penstock.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.penstock.config.HttpConfig;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The OpenAPI document holds what the server does: paths, statuses and fields. */
final class OpenApiTest {

  private final JsonNode document = document();

  private static JsonNode document() {
    try (InputStream yaml = AdminServer.document()) {
      return new YAMLMapper().readTree(yaml);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void shouldNameEveryPathAndNoOther() {
    Set<String> served =
        new HashSet<>(
            AdminServer.paths(new FakeAnswers(OpenApiTest::health), new StatusJson()).keySet());
    served.addAll(
        AdminServer.posts(anywhere(), new FakeAnswers(OpenApiTest::health), new StatusJson())
            .keySet());
    try (OneModel model = new OneModel()) {
      RequestPaths requests = model.paths(OpenApiTest::health);
      served.addAll(requests.gets().keySet());
      served.addAll(requests.posts().keySet());
    }

    assertThat(names(document.path("paths"))).containsExactlyInAnyOrderElementsOf(served);
    for (JsonNode path : document.path("paths")) {
      assertThat(names(path)).isSubsetOf("get", "post", "parameters");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/health/live, /health/live",
    "/health/ready, /health/ready",
    "/status, /status",
    "/v1/models/{model}, /v1/models/half_plus_two",
    "/v1/models/{model}, /v1/models/other",
    "/v1/models/{model}/metadata, /v1/models/half_plus_two/metadata",
    "/v1/models/{model}/versions/{version}, /v1/models/half_plus_two/versions/124",
    "/v1/models/{model}/versions/{version}/metadata, /v1/models/half_plus_two/versions/123/metadata",
    "/v1/models/{model}/labels/{label}, /v1/models/half_plus_two/labels/beta",
    "/v1/models/{model}/labels/{label}/metadata, /v1/models/half_plus_two/labels/stable/metadata",
    "/v2, /v2",
    "/v2/health/ready, /v2/health/ready",
    "/v2/models/{model}, /v2/models/half_plus_two",
    "/v2/models/{model}/ready, /v2/models/half_plus_two/ready",
    "/v2/models/{model}/versions/{version}/ready, /v2/models/half_plus_two/versions/124/ready"
  })
  void shouldDescribeWhatIsAnswered(String path, String asked) throws Exception {
    try (OneModel model = new OneModel();
        AdminServer server =
            AdminServer.start(
                HttpConfig.plain(new HttpConfig.Address("127.0.0.1", 0)),
                new FakeAnswers(OpenApiTest::health),
                Optional.of(model.paths(OpenApiTest::health)))) {
      // when
      URI uri = URI.create("http://127.0.0.1:" + server.port() + asked);
      HttpResponse<String> answer =
          HttpClient.newHttpClient()
              .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
      // then
      JsonNode responses = document.path("paths").path(path).path("get").path("responses");
      JsonNode response = resolved(responses.path(String.valueOf(answer.statusCode())));
      JsonNode schema = response.path("content").path("application/json").path("schema");
      assertThat(schema.isMissingNode()).as("%d of %s", answer.statusCode(), path).isFalse();
      List<String> differences = new ArrayList<>();
      compare("", new ObjectMapper().readTree(answer.body()), schema, differences);
      assertThat(differences).isEmpty();
    }
  }

  @Test
  void shouldDescribeWhatAReloadIsAnswered() throws Exception {
    try (AdminServer server = AdminServer.start(anywhere(), new FakeAnswers(OpenApiTest::health))) {
      // when
      URI uri = URI.create("http://127.0.0.1:" + server.port() + "/reload");
      HttpResponse<String> answer =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(uri).POST(HttpRequest.BodyPublishers.noBody()).build(),
                  HttpResponse.BodyHandlers.ofString());
      // then
      JsonNode schema = document.at("/components/schemas/Reload");
      List<String> differences = new ArrayList<>();
      compare("", new ObjectMapper().readTree(answer.body()), schema, differences);
      assertThat(differences).isEmpty();
      assertThat(answer.statusCode()).isEqualTo(200);
    }
  }

  private static HttpConfig anywhere() {
    return HttpConfig.plain(new HttpConfig.Address("127.0.0.1", 0));
  }

  private static HealthReport health() {
    HealthReport.Pipeline pipeline =
        new HealthReport.Pipeline(
            true,
            true,
            "RUNNING",
            "",
            0,
            0,
            Map.of("linger", 7L),
            new HealthReport.Batches(64, 1.5, "as configured"));
    HealthReport.Model model =
        new HealthReport.Model(
            true,
            "2",
            new TreeMap<>(Map.of(2L, "AVAILABLE")),
            new TreeMap<>(Map.of(2L, "2026-11-23T07:31:47Z")),
            new TreeMap<>(Map.of(2L, "no run")),
            new TreeMap<>(Map.of(3L, "its marker is missing")),
            "");
    return new HealthReport(
        new TreeMap<>(Map.of("p", pipeline)),
        new TreeMap<>(Map.of("digits", model)),
        new HealthReport.ControlPlane(true, "FOLLOWING", ""));
  }

  /** Every field is described, every one that has to be there is, and of a described type. */
  private void compare(String at, JsonNode value, JsonNode unresolved, List<String> differences) {
    JsonNode schema = resolved(unresolved);
    if (!types(schema).contains(type(value))) {
      differences.add(at + " is " + type(value) + " (expected: " + types(schema) + ")");
    }
    List<String> allowed = texts(schema.path("enum"));
    if (!allowed.isEmpty() && !allowed.contains(value.asText())) {
      differences.add(at + ": " + value + " (expected: " + allowed + ")");
    }
    if (value.isArray()) {
      value.forEach(item -> compare(at + "[]", item, schema.path("items"), differences));
    }
    if (!value.isObject()) {
      return;
    }
    Map<String, JsonNode> properties = new TreeMap<>();
    Set<String> required = new HashSet<>();
    collect(schema, properties, required);
    required.stream()
        .filter(name -> !value.has(name))
        .forEach(name -> differences.add(at + "/" + name + " is missing"));
    value
        .properties()
        .forEach(
            field -> {
              JsonNode described =
                  properties.getOrDefault(field.getKey(), schema.path("additionalProperties"));
              if (described.isMissingNode()) {
                differences.add(at + "/" + field.getKey() + " is not described");
              } else {
                compare(at + "/" + field.getKey(), field.getValue(), described, differences);
              }
            });
  }

  private void collect(JsonNode schema, Map<String, JsonNode> properties, Set<String> required) {
    schema.path("allOf").forEach(part -> collect(resolved(part), properties, required));
    schema
        .path("properties")
        .properties()
        .forEach(field -> properties.put(field.getKey(), field.getValue()));
    required.addAll(texts(schema.path("required")));
  }

  private JsonNode resolved(JsonNode node) {
    JsonNode reference = node.path("$ref");
    return reference.isMissingNode() ? node : document.at(reference.asText().substring(1));
  }

  private static List<String> types(JsonNode schema) {
    JsonNode type = schema.path("type");
    return type.isArray() ? texts(type) : List.of(type.asText());
  }

  private static String type(JsonNode value) {
    return switch (value.getNodeType()) {
      case ARRAY -> "array";
      case BOOLEAN -> "boolean";
      case NULL -> "null";
      case NUMBER -> value.isIntegralNumber() ? "integer" : "number";
      case OBJECT -> "object";
      default -> "string";
    };
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(text -> texts.add(text.asText()));
    return texts;
  }

  private static List<String> names(JsonNode object) {
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }
}

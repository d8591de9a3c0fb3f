package io.penstock.demo.wire;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParseException;

/** As much of the schema registry's REST interface as the demo needs. Thread-safe. */
public final class RegistryClient {

  private static final String MEDIA_TYPE = "application/vnd.schemaregistry.v1+json";
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
  private final ObjectMapper json = new ObjectMapper();
  private final Map<Integer, Schema> schemas = new ConcurrentHashMap<>();
  private final String url;

  public RegistryClient(String url) {
    this.url = url;
  }

  /** Registers a schema under a subject and returns its id. */
  public int register(String subject, Schema schema) {
    String body = json.createObjectNode().put("schema", schema.toString()).toString();
    return call(request("/subjects/" + subject + "/versions")
            .header("Content-Type", MEDIA_TYPE)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build())
        .path("id")
        .asInt();
  }

  /** The schema with that id. Cached. */
  public Schema schemaById(int id) {
    Schema known = schemas.get(id);
    if (known != null) {
      return known;
    }
    String text = call(request("/schemas/ids/" + id).build()).path("schema").asText();
    try {
      Schema schema = new Schema.Parser().parse(text);
      schemas.put(id, schema);
      return schema;
    } catch (SchemaParseException e) {
      throw new IllegalStateException("The registry's schema " + id + " is not Avro: " + text, e);
    }
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(url + path)).timeout(TIMEOUT);
  }

  private JsonNode call(HttpRequest request) {
    try {
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        throw new IllegalStateException(
            "The registry answers %s %s with %d: %s"
                .formatted(request.method(), request.uri(), answer.statusCode(), answer.body()));
      }
      return json.readTree(answer.body());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("The registry's answer is not JSON", e);
    } catch (IOException e) {
      throw new UncheckedIOException("The registry does not answer " + request.uri(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while asking the registry", e);
    }
  }
}

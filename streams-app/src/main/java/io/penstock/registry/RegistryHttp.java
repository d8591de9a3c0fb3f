package io.penstock.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.penstock.registry.RegistrySettings.Endpoint;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Requests to a registry with fail-over and retries. A round asks each endpoint once, beginning
 * with the one that answered last; rounds are bounded and a jittered, doubling wait lies between
 * them. Only what may pass by itself is retried: I/O errors, 408, 429 and 5xx.
 *
 * <p>Thread-safe. Follows no redirect, since that would hand the credentials to somebody else.
 */
final class RegistryHttp {

  /** From Confluent's REST API reference. */
  private static final String CONTENT_TYPE = "application/vnd.schemaregistry.v1+json";

  private static final int ERROR_BODY_CHARACTERS = 200;

  private final RegistrySettings settings;
  private final HttpClient http;
  private final ObjectMapper json = new ObjectMapper();
  private final AtomicInteger preferred = new AtomicInteger();

  RegistryHttp(RegistrySettings settings) {
    this.settings = settings;
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .connectTimeout(settings.connectTimeout())
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER);
    settings.tls().context().ifPresent(builder::sslContext);
    this.http = builder.build();
  }

  /** GETs a path relative to an endpoint. */
  JsonNode get(String path, String what) {
    return ask("GET", path, null, what);
  }

  /** POSTs a body to a path relative to an endpoint. */
  JsonNode post(String path, JsonNode body, String what) {
    return ask("POST", path, body, what);
  }

  private JsonNode ask(String method, String path, @Nullable JsonNode body, String what) {
    List<Endpoint> endpoints = settings.endpoints();
    int attempts = (settings.maxRetries() + 1) * endpoints.size();
    for (int attempt = 1; ; attempt++) {
      int chosen = preferred.get();
      try {
        return ask(endpoints.get(chosen), method, path, body, what);
      } catch (RegistryException e) {
        if (!e.isRetriable()) {
          throw e;
        }
        if (attempt == attempts) {
          throw gaveUp(e);
        }
        preferred.compareAndSet(chosen, (chosen + 1) % endpoints.size());
        if (attempt % endpoints.size() == 0) {
          pause(attempt / endpoints.size(), what);
        }
      }
    }
  }

  private RegistryException gaveUp(RegistryException last) {
    return new RegistryException(
        last.status(),
        last.getMessage()
            + "; gave up after "
            + (settings.maxRetries() + 1)
            + " rounds over "
            + settings.endpoints()
            + " (max.retries: "
            + settings.maxRetries()
            + ")",
        last);
  }

  private JsonNode ask(
      Endpoint endpoint, String method, String path, @Nullable JsonNode body, String what) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(endpoint.uri().resolve(path))
            .timeout(settings.readTimeout())
            .header("Accept", CONTENT_TYPE + ", application/json;q=0.5")
            .method(method, publisher(body));
    if (body != null) {
      request.header("Content-Type", CONTENT_TYPE);
    }
    if (endpoint.authorization() != null) {
      request.header("Authorization", endpoint.authorization());
    }
    HttpResponse<byte[]> response;
    try {
      response = http.send(request.build(), BodyHandlers.ofByteArray());
    } catch (IOException e) {
      throw new RegistryException(
          0, "Schema registry " + endpoint + " did not answer when asked " + what + ": " + e, e);
    } catch (InterruptedException e) {
      throw interrupted(what, e);
    }
    if (response.statusCode() / 100 != 2) {
      throw refused(endpoint, what, response);
    }
    return read(endpoint, what, response);
  }

  private BodyPublisher publisher(@Nullable JsonNode body) {
    return body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body.toString());
  }

  private JsonNode read(Endpoint endpoint, String what, HttpResponse<byte[]> response) {
    try {
      return json.readTree(response.body());
    } catch (IOException e) {
      throw new RegistryException(
          0,
          "Schema registry "
              + endpoint
              + " did not answer in JSON when asked "
              + what
              + "; is schema.registry.url the registry's own?",
          e);
    }
  }

  private RegistryException refused(Endpoint endpoint, String what, HttpResponse<byte[]> response) {
    int status = response.statusCode();
    return new RegistryException(
        status,
        "Schema registry "
            + endpoint
            + " answered "
            + status
            + " when asked "
            + what
            + ": "
            + errorMessage(response.body())
            + advice(status),
        null);
  }

  /** The registry's own {@code error_code} and {@code message}, or the beginning of its answer. */
  private String errorMessage(byte[] body) {
    JsonNode error = MissingNode.getInstance();
    try {
      error = json.readTree(new String(body, StandardCharsets.UTF_8));
    } catch (JsonProcessingException e) {
      // A proxy's HTML, for instance: quoted as it is below.
    }
    if (error.hasNonNull("message")) {
      return error.get("message").asText()
          + " (error_code: "
          + error.path("error_code").asInt()
          + ")";
    }
    String text = new String(body, StandardCharsets.UTF_8).strip();
    return text.substring(0, Math.min(text.length(), ERROR_BODY_CHARACTERS));
  }

  private static String advice(int status) {
    if (status == 401) {
      return "; check basic.auth.* or bearer.auth.*";
    }
    if (status == 403) {
      return "; these credentials may not do that: ask for the right to this subject";
    }
    if (status / 100 == 3) {
      return "; redirects are not followed: set schema.registry.url to where it points";
    }
    return "";
  }

  private void pause(int roundsDone, String what) {
    long base = settings.retryWait().toMillis();
    long doubled = base << Math.min(roundsDone - 1, 20);
    long most = Math.min(doubled, settings.retryMaxWait().toMillis());
    try {
      Thread.sleep(ThreadLocalRandom.current().nextLong(most / 2, most + 1));
    } catch (InterruptedException e) {
      throw interrupted(what, e);
    }
  }

  private static RegistryException interrupted(String what, InterruptedException e) {
    Thread.currentThread().interrupt();
    return new RegistryException(0, "Interrupted while asking the schema registry " + what, e);
  }
}

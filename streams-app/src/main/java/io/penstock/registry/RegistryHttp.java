package io.penstock.registry;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.penstock.registry.RegistryException.Kind;
import io.penstock.registry.RegistrySettings.Endpoint;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Requests to a registry with fail-over and retries. A round asks the endpoints in turn, beginning
 * with the one that answered last, until one has what is asked for. That none has it is believed
 * once all of them say so; while one of them cannot be heard, there are further rounds, bounded,
 * with a jittered, doubling wait between. Only what may pass by itself is retried: I/O errors, 408,
 * 429, 5xx, and answers that are no registry's.
 *
 * <p>Thread-safe. Follows no redirect, since that would hand the credentials to somebody else.
 */
final class RegistryHttp {

  /** From Confluent's REST API reference. */
  private static final String CONTENT_TYPE = "application/vnd.schemaregistry.v1+json";

  /**
   * {@code error_code}s of what is not there: subject, version, schema. From the same reference.
   */
  private static final int LEAST_NOT_FOUND_CODE = 40401;

  private static final int MOST_NOT_FOUND_CODE = 40403;

  /** Of an answer: far above a schema, which registries keep in one record of a topic. */
  private static final int MAX_BODY_BYTES = 8 << 20;

  private static final int UNAUTHORIZED = 401;

  private static final int ERROR_BODY_CHARACTERS = 200;

  private final RegistrySettings settings;
  private final RequestListener listener;
  private final HttpClient http;

  /** Null where no tokens are fetched. */
  private final @Nullable OAuthTokens tokens;

  private final ObjectMapper json = new ObjectMapper();
  private final AtomicInteger preferred = new AtomicInteger();

  RegistryHttp(RegistrySettings settings, RequestListener listener, LongSupplier nanoTime) {
    this.settings = settings;
    this.listener = listener;
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .connectTimeout(settings.connectTimeout())
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER);
    settings.tls().context().ifPresent(builder::sslContext);
    this.http = builder.build();
    OAuthClient oauth = settings.access().oauth();
    this.tokens = oauth == null ? null : new OAuthTokens(oauth, this::send, nanoTime);
  }

  /**
   * GETs a path relative to an endpoint.
   *
   * @param isAnswer whether an answer is what a registry would say to that
   */
  JsonNode get(String path, String what, Predicate<JsonNode> isAnswer) {
    return ask(new Question("GET", path, null, what, isAnswer));
  }

  /**
   * POSTs a body to a path relative to an endpoint.
   *
   * @param isAnswer whether an answer is what a registry would say to that
   */
  JsonNode post(String path, JsonNode body, String what, Predicate<JsonNode> isAnswer) {
    return ask(new Question("POST", path, body, what, isAnswer));
  }

  private JsonNode ask(Question question) {
    for (int round = 0; ; round++) {
      RegistryException unheard = null;
      RegistryException notFound = null;
      int first = preferred.get();
      for (int i = 0; i < settings.endpoints().size(); i++) {
        int chosen = (first + i) % settings.endpoints().size();
        long asked = System.nanoTime();
        try {
          JsonNode answer = ask(settings.endpoints().get(chosen), question);
          listener.asked(RequestListener.Outcome.ANSWERED, System.nanoTime() - asked);
          preferred.set(chosen);
          return answer;
        } catch (RegistryException e) {
          listener.asked(
              e.isRetriable() ? RequestListener.Outcome.FAILED : RequestListener.Outcome.REFUSED,
              System.nanoTime() - asked);
          switch (e.kind()) {
            case NOT_FOUND -> notFound = e;
            case UNAVAILABLE -> unheard = e;
            default -> throw e;
          }
        }
      }
      if (unheard == null) {
        throw requireNonNull(notFound, "there is an endpoint");
      }
      if (round == settings.maxRetries()) {
        throw gaveUp(unheard);
      }
      pause(round, question.what());
    }
  }

  private RegistryException gaveUp(RegistryException last) {
    return new RegistryException(
        last.kind(),
        last.getMessage()
            + "; gave up after "
            + (settings.maxRetries() == 0 ? "1 round" : settings.maxRetries() + 1 + " rounds")
            + " over "
            + settings.endpoints()
            + " (max.retries: "
            + settings.maxRetries()
            + ")",
        last);
  }

  private JsonNode ask(Endpoint endpoint, Question question) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(endpoint.uri().resolve(question.path()))
            .header("Accept", CONTENT_TYPE + ", application/json;q=0.5")
            .method(question.method(), publisher(question.body()));
    if (question.body() != null) {
      request.header("Content-Type", CONTENT_TYPE);
    }
    settings.access().headers().forEach(request::header);
    HttpResponse<byte[]> response = send(endpoint, request, question.what());
    if (response.statusCode() / 100 != 2) {
      throw refused(endpoint, question.what(), response);
    }
    return read(endpoint, question, response);
  }

  /** Sends a request with who asks; with a new token once more if this one is not taken. */
  private HttpResponse<byte[]> send(Endpoint endpoint, HttpRequest.Builder request, String what) {
    String whom = "Schema registry " + endpoint;
    if (tokens == null) {
      if (endpoint.authorization() != null) {
        request.setHeader("Authorization", endpoint.authorization());
      }
      return send(request.build(), whom, what);
    }
    String token = tokens.current();
    request.setHeader("Authorization", "Bearer " + token);
    HttpResponse<byte[]> response = send(request.build(), whom, what);
    if (response.statusCode() != UNAUTHORIZED) {
      return response;
    }
    tokens.discard(token);
    request.setHeader("Authorization", "Bearer " + tokens.current());
    return send(request.build(), whom, what);
  }

  /**
   * Sends a request. The time-out is for all of the answer; the client's own ends with the head.
   */
  private HttpResponse<byte[]> send(HttpRequest request, String whom, String what) {
    CompletableFuture<HttpResponse<byte[]>> response =
        http.sendAsync(request, info -> new LimitedBody(MAX_BODY_BYTES));
    try {
      return response.get(settings.readTimeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw silent(whom, what, String.valueOf(e.getCause()), e);
    } catch (TimeoutException e) {
      response.cancel(true);
      String limit = "http.read.timeout.ms: " + settings.readTimeout().toMillis();
      throw silent(whom, what, "it took longer than " + limit, e);
    } catch (InterruptedException e) {
      response.cancel(true);
      throw interrupted(what, e);
    }
  }

  private static RegistryException silent(String whom, String what, String why, Exception cause) {
    return new RegistryException(
        Kind.UNAVAILABLE, whom + " did not answer when asked " + what + ": " + why, cause);
  }

  private BodyPublisher publisher(@Nullable JsonNode body) {
    return body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body.toString());
  }

  private JsonNode read(Endpoint endpoint, Question question, HttpResponse<byte[]> response) {
    JsonNode answer = json(response.body());
    if (!question.isAnswer().test(answer)) {
      throw new RegistryException(
          Kind.UNAVAILABLE,
          "Schema registry "
              + endpoint
              + " did not answer as a registry does when asked "
              + question.what()
              + ": "
              + beginning(response.body())
              + "; is schema.registry.url the registry's own?",
          null);
    }
    return answer;
  }

  private RegistryException refused(Endpoint endpoint, String what, HttpResponse<byte[]> response) {
    int status = response.statusCode();
    JsonNode error = json(response.body());
    Kind kind = kind(status, error.path("error_code").asInt());
    return new RegistryException(
        kind,
        "Schema registry "
            + endpoint
            + " answered "
            + status
            + " when asked "
            + what
            + ": "
            + message(error, response.body())
            + advice(status, kind),
        null);
  }

  /** A 404 is the registry's word if it has a code of its own; else it is some proxy's. */
  private static Kind kind(int status, int errorCode) {
    if (status == 404) {
      return errorCode >= LEAST_NOT_FOUND_CODE && errorCode <= MOST_NOT_FOUND_CODE
          ? Kind.NOT_FOUND
          : Kind.UNAVAILABLE;
    }
    return status == 408 || status == 429 || status >= 500 ? Kind.UNAVAILABLE : Kind.REFUSED;
  }

  /** What an answer holds; nothing where it is no JSON, such as a proxy's page. */
  private JsonNode json(byte[] body) {
    try {
      return json.readTree(body);
    } catch (IOException e) {
      return MissingNode.getInstance();
    }
  }

  /** The registry's own {@code error_code} and {@code message}, or the beginning of its answer. */
  private static String message(JsonNode error, byte[] body) {
    return error.hasNonNull("message")
        ? "%s (error_code: %d)"
            .formatted(error.get("message").asText(), error.path("error_code").asInt())
        : beginning(body);
  }

  private static String beginning(byte[] body) {
    int most = Math.min(body.length, 4 * ERROR_BODY_CHARACTERS);
    String text = new String(body, 0, most, StandardCharsets.UTF_8).strip();
    return text.substring(0, Math.min(text.length(), ERROR_BODY_CHARACTERS));
  }

  private static String advice(int status, Kind kind) {
    if (status == UNAUTHORIZED) {
      return "; check basic.auth.* or bearer.auth.*";
    }
    if (status == 403) {
      return "; these credentials may not do that: ask for the right to this subject";
    }
    if (status == 404 && kind != Kind.NOT_FOUND) {
      return "; is schema.registry.url the registry's own, with its path?";
    }
    if (status / 100 == 3) {
      return "; redirects are not followed: set schema.registry.url to where it points";
    }
    return "";
  }

  private void pause(int rounds, String what) {
    long base = settings.retryWait().toMillis();
    long doubled = base << Math.min(rounds, 20);
    long most = Math.min(doubled, settings.retryMaxWait().toMillis());
    try {
      Thread.sleep(ThreadLocalRandom.current().nextLong(most / 2, most + 1));
    } catch (InterruptedException e) {
      throw interrupted(what, e);
    }
  }

  private static RegistryException interrupted(String what, InterruptedException e) {
    Thread.currentThread().interrupt();
    return new RegistryException(
        Kind.UNAVAILABLE, "Interrupted while asking the schema registry " + what, e);
  }

  private record Question(
      String method,
      String path,
      @Nullable JsonNode body,
      String what,
      Predicate<JsonNode> isAnswer) {}
}

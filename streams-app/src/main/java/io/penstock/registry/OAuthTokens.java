package io.penstock.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.penstock.registry.RegistryException.Kind;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The token of an {@link OAuthClient}: asked for when it is first needed, renewed before it is
 * over, and again when the registry refuses it. While it cannot be renewed the one that is not over
 * yet is used.
 *
 * <p>Thread-safe: one thread asks at a time. The others go on with the token that is not over yet;
 * without one they wait for what it gets, be that a token or a failure.
 */
final class OAuthTokens {

  /** Of a token that could not be renewed, until it is tried again. */
  private static final Duration REST = Duration.ofSeconds(10);

  /** Of the life of a token that is shorter than the time before its end at which it is renewed. */
  private static final double USED_OF_SHORT_LIFE = 0.8;

  /** Who says more says nothing. */
  private static final Duration LONGEST_LIFE = Duration.ofDays(365);

  private static final int ERROR_CHARACTERS = 200;

  private static final Logger log = LoggerFactory.getLogger(OAuthTokens.class);

  private final OAuthClient client;
  private final Sender sender;
  private final LongSupplier nanoTime;
  private final ObjectMapper json = new ObjectMapper();
  private final Lock fetching = new ReentrantLock();

  /** Null while none is known to be good. Written under {@link #fetching} only. */
  private volatile @Nullable Token token;

  /** The last attempt that failed. Under {@link #fetching}. */
  private @Nullable Failure failure;

  /** What sends a request and waits for the answer. */
  @FunctionalInterface
  interface Sender {

    /**
     * Gives the answer, whatever its status.
     *
     * @throws RegistryException if there was none in time
     */
    HttpResponse<byte[]> send(HttpRequest request, String whom, String what);
  }

  /**
   * A token.
   *
   * @param fetchedAt in nanoseconds of the clock, as the others
   * @param renewAfter how many nanoseconds later it is to be renewed
   * @param lastsFor how many it is good for; {@link Long#MAX_VALUE} if nobody has said
   */
  private record Token(String value, long fetchedAt, long renewAfter, long lastsFor) {

    boolean isFresh(long now) {
      return now - fetchedAt < renewAfter;
    }

    boolean isGood(long now) {
      return now - fetchedAt < lastsFor;
    }

    /** Without the value, which is nobody's to read. */
    @Override
    public String toString() {
      return "a token";
    }

    Token rested(long now) {
      return new Token(value, fetchedAt, now - fetchedAt + REST.toNanos(), lastsFor);
    }
  }

  /** An attempt that has failed at that time. */
  private record Failure(RegistryException why, long at) {}

  OAuthTokens(OAuthClient client, Sender sender, LongSupplier nanoTime) {
    this.client = client;
    this.sender = sender;
    this.nanoTime = nanoTime;
  }

  /**
   * A token that is good now.
   *
   * @throws RegistryException if the identity provider refuses one, or does not answer
   */
  String current() {
    long asked = nanoTime.getAsLong();
    Token known = token;
    if (known != null && known.isFresh(asked)) {
      return known.value();
    }
    if (!fetching.tryLock()) {
      if (known != null && known.isGood(asked)) {
        return known.value();
      }
      fetching.lock();
    }
    try {
      Token usable = renewed(token, asked);
      token = usable;
      return usable.value();
    } finally {
      fetching.unlock();
    }
  }

  /** Forgets a token that the registry has refused, unless there is another one already. */
  void discard(String refused) {
    fetching.lock();
    try {
      Token known = token;
      if (known != null && known.value().equals(refused)) {
        token = null;
      }
    } finally {
      fetching.unlock();
    }
  }

  /**
   * To be called under {@link #fetching}.
   *
   * @param asked when the caller began to wait: what has failed since it does not try again, or as
   *     many threads as wait would wait that many times as long
   */
  private Token renewed(@Nullable Token known, long asked) {
    if (known != null && known.isFresh(nanoTime.getAsLong())) {
      return known;
    }
    Failure failed = failure;
    boolean isGood = known != null && known.isGood(asked);
    if (!isGood && failed != null && failed.at() - asked > 0) {
      throw failed.why();
    }
    try {
      return fetch();
    } catch (RegistryException e) {
      long now = nanoTime.getAsLong();
      failure = new Failure(e, now);
      if (known == null || !known.isGood(now)) {
        throw e;
      }
      log.warn(
          "the token for the schema registry could not be renewed, and is used on expiresIn={}"
              + " reason={}",
          Duration.ofNanos(known.fetchedAt() + known.lastsFor() - now),
          e.getMessage());
      return known.rested(now);
    }
  }

  private Token fetch() {
    long asked = nanoTime.getAsLong();
    HttpResponse<byte[]> response = sender.send(request(), whom(), what());
    JsonNode answer = json(response.body());
    if (response.statusCode() / 100 != 2) {
      throw refused(response, answer);
    }
    String value = answer.path("access_token").asText();
    if (!RegistryAccess.isToken(value)) {
      throw new RegistryException(
          Kind.UNAVAILABLE,
          whom()
              + " did not answer as a token endpoint does when asked "
              + what()
              + ": there is no access_token, or none that a header could hold; is bearer.auth.issuer.endpoint.url the token endpoint"
              + " itself?",
          null);
    }
    return token(value, asked, answer.path("expires_in").asLong());
  }

  private Token token(String value, long asked, long seconds) {
    if (seconds <= 0 || seconds > LONGEST_LIFE.toSeconds()) {
      return new Token(value, asked, Long.MAX_VALUE, Long.MAX_VALUE);
    }
    long life = Duration.ofSeconds(seconds).toNanos();
    long before = client.renewBefore().toNanos();
    long renewAfter = life > before ? life - before : (long) (life * USED_OF_SHORT_LIFE);
    return new Token(value, asked, renewAfter, life);
  }

  private HttpRequest request() {
    String form = "grant_type=client_credentials";
    if (client.scope() != null) {
      form += "&scope=" + URLEncoder.encode(client.scope(), UTF_8);
    }
    String credentials = client.id() + ":" + client.secret();
    return HttpRequest.newBuilder(client.tokenEndpoint())
        .header("Accept", "application/json")
        .header("Content-Type", "application/x-www-form-urlencoded")
        .header(
            "Authorization",
            "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(UTF_8)))
        .POST(BodyPublishers.ofString(form))
        .build();
  }

  private RegistryException refused(HttpResponse<byte[]> response, JsonNode answer) {
    int status = response.statusCode();
    boolean mayPass = status == 408 || status == 429 || status >= 500;
    return new RegistryException(
        mayPass ? Kind.UNAVAILABLE : Kind.REFUSED,
        "%s answered %d when asked %s: %s%s"
            .formatted(whom(), status, what(), error(answer, response.body()), advice(status)),
        null);
  }

  /** RFC 6749, 5.2; or the beginning of what came in its place. */
  private static String error(JsonNode answer, byte[] body) {
    if (answer.hasNonNull("error")) {
      String description = answer.path("error_description").asText();
      return beginning(
          answer.path("error").asText() + (description.isEmpty() ? "" : ": " + description));
    }
    return beginning(new String(body, 0, Math.min(body.length, 4 * ERROR_CHARACTERS), UTF_8));
  }

  private static String beginning(String text) {
    String stripped = text.strip();
    return stripped.substring(0, Math.min(stripped.length(), ERROR_CHARACTERS));
  }

  private static String advice(int status) {
    return switch (status) {
      case 400, 401, 403 ->
          "; check bearer.auth.client.id, bearer.auth.client.secret and bearer.auth.scope";
      case 404, 405 -> "; is bearer.auth.issuer.endpoint.url the token endpoint itself?";
      default -> "";
    };
  }

  private String whom() {
    return "Identity provider " + client.shownEndpoint();
  }

  private String what() {
    return "for a token for client " + client.id() + ", to ask the schema registry";
  }

  private JsonNode json(byte[] body) {
    try {
      return json.readTree(body);
    } catch (IOException e) {
      return MissingNode.getInstance();
    }
  }
}

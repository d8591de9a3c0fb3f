package io.penstock.registry;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Who asks a registry, as it says with every request.
 *
 * @param authorization the header that goes to every endpoint; null where each URL may carry its
 *     own, and where tokens are fetched
 * @param oauth who fetches tokens, and where; null where nobody does
 * @param headers more headers, by which Confluent's cloud finds the cluster and the identity pool
 */
public record RegistryAccess(
    @Nullable String authorization, @Nullable OAuthClient oauth, Map<String, String> headers) {

  /** Of nobody: each URL may carry its own credentials. */
  static final RegistryAccess BY_URL = new RegistryAccess(null, null, Map.of());

  private static final String USER_INFO = "basic.auth.user.info";
  private static final String BASIC_SOURCE = "basic.auth.credentials.source";
  private static final String TOKEN = "bearer.auth.token";
  private static final String BEARER_SOURCE = "bearer.auth.credentials.source";

  private static final Pattern TOKEN_TEXT = Pattern.compile("[\\x21-\\x7e]+");

  /** What Confluent's client calls these headers. */
  private static final Map<String, String> HEADERS =
      Map.of(
          "bearer.auth.logical.cluster", "target-sr-cluster",
          "bearer.auth.identity.pool.id", "Confluent-Identity-Pool-Id");

  public RegistryAccess {
    headers = Map.copyOf(headers);
  }

  static RegistryAccess of(RegistryKeys keys) {
    String userInfo = keys.text(USER_INFO);
    String basicSource = keys.text(BASIC_SOURCE);
    String token = keys.text(TOKEN);
    String bearerSource = keys.text(BEARER_SOURCE);
    boolean basic = userInfo != null || basicSource != null;
    boolean bearer = token != null || bearerSource != null;
    if (basic && bearer) {
      throw new IllegalArgumentException(
          "basic.auth.* cannot be combined with bearer.auth.*: write one of them");
    }
    return bearer ? bearer(keys, bearerSource, token) : basic(keys, basicSource, userInfo);
  }

  private static RegistryAccess basic(
      RegistryKeys keys, @Nullable String written, @Nullable String userInfo) {
    String source = written == null ? (userInfo == null ? "URL" : "USER_INFO") : written;
    return switch (source.toUpperCase(Locale.ROOT)) {
      case "URL" -> {
        if (userInfo != null) {
          throw new IllegalArgumentException(
              "basic.auth.user.info is not used with basic.auth.credentials.source=URL:"
                  + " write USER_INFO, or put the credentials into schema.registry.url");
        }
        yield BY_URL;
      }
      case "USER_INFO" -> {
        if (userInfo == null || userInfo.indexOf(':') < 1) {
          throw new IllegalArgumentException(
              "basic.auth.user.info is missing or has no colon (expected: user:password)");
        }
        yield new RegistryAccess(RegistrySettings.Endpoint.basic(userInfo), null, Map.of());
      }
      case "SASL_INHERIT" ->
          throw new IllegalArgumentException(
              "basic.auth.credentials.source: SASL_INHERIT (expected: USER_INFO or URL);"
                  + " Penstock does not hand Kafka's SASL credentials to the registry:"
                  + " name the registry's own in basic.auth.user.info");
      default -> throw keys.invalid(BASIC_SOURCE, source, "USER_INFO or URL");
    };
  }

  private static RegistryAccess bearer(
      RegistryKeys keys, @Nullable String written, @Nullable String token) {
    String source = written == null ? "STATIC_TOKEN" : written;
    return switch (source.toUpperCase(Locale.ROOT)) {
      case "STATIC_TOKEN" -> {
        if (token == null || !isToken(token)) {
          throw new IllegalArgumentException(
              "bearer.auth.token is missing, or is none: a token is one word of ASCII, and a file"
                  + " has nothing else");
        }
        yield new RegistryAccess("Bearer " + token, null, headers(keys));
      }
      case "OAUTHBEARER" -> {
        if (token != null) {
          throw new IllegalArgumentException(
              "bearer.auth.token is not used with bearer.auth.credentials.source=OAUTHBEARER,"
                  + " which fetches tokens: write STATIC_TOKEN, or remove it");
        }
        yield new RegistryAccess(null, OAuthClient.of(keys), headers(keys));
      }
      case "SASL_OAUTHBEARER_INHERIT" ->
          throw new IllegalArgumentException(
              "bearer.auth.credentials.source: SASL_OAUTHBEARER_INHERIT (expected: OAUTHBEARER or"
                  + " STATIC_TOKEN); Penstock does not hand Kafka's SASL credentials to the"
                  + " registry: write OAUTHBEARER, and the same values in bearer.auth.*");
      default -> throw keys.invalid(BEARER_SOURCE, source, "OAUTHBEARER or STATIC_TOKEN");
    };
  }

  private static Map<String, String> headers(RegistryKeys keys) {
    Map<String, String> headers = new TreeMap<>();
    HEADERS.forEach(
        (key, header) -> {
          String value = keys.text(key);
          if (value != null) {
            headers.put(header, value);
          }
        });
    return headers;
  }

  /** Whether it can be one at all: a header takes nothing else, and would be shown if it tried. */
  static boolean isToken(String text) {
    return TOKEN_TEXT.matcher(text).matches();
  }

  /** Whether it says for every endpoint who asks, so that no URL may. */
  boolean isGiven() {
    return authorization != null || oauth != null;
  }

  /** How it is said, and not what: credentials are never printed. */
  @Override
  public String toString() {
    if (oauth != null) {
      return oauth.toString();
    }
    return authorization == null ? "as the URLs say" : authorization.replaceFirst(" .*", " ***");
  }
}

package io.penstock.registry;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A client of an identity provider, as RFC 6749 has it: it gets tokens by its own credentials
 * (4.4).
 *
 * @param tokenEndpoint where tokens are asked for ({@code bearer.auth.issuer.endpoint.url}: the
 *     token endpoint itself, whatever the name of Confluent's key says)
 * @param id {@code bearer.auth.client.id}
 * @param secret {@code bearer.auth.client.secret}
 * @param scope what the tokens are to be good for ({@code bearer.auth.scope}); null for the
 *     provider's default
 * @param renewBefore how long before its end a token is renewed ({@code
 *     bearer.auth.cache.expiry.buffer.seconds})
 */
public record OAuthClient(
    URI tokenEndpoint, String id, String secret, @Nullable String scope, Duration renewBefore) {

  private static final String ENDPOINT = "bearer.auth.issuer.endpoint.url";
  private static final Duration RENEW_BEFORE = Duration.ofMinutes(5);

  static OAuthClient of(RegistryKeys keys) {
    return new OAuthClient(
        endpoint(keys),
        required(keys, "bearer.auth.client.id", "who asks for tokens"),
        required(keys, "bearer.auth.client.secret", "the client's secret"),
        keys.text("bearer.auth.scope"),
        keys.seconds("bearer.auth.cache.expiry.buffer.seconds", RENEW_BEFORE));
  }

  private static URI endpoint(RegistryKeys keys) {
    String expected = "the identity provider's token endpoint, such as https://idp/oauth2/token";
    String url = required(keys, ENDPOINT, expected);
    try {
      URI uri = URI.create(url);
      boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      if (http && uri.getHost() != null && uri.getUserInfo() == null) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // Falls through to the one message for all.
    }
    throw keys.invalid(
        ENDPOINT, url.replaceFirst("//[^/]*@", "//").replaceFirst("\\?.*", "?…"), expected);
  }

  private static String required(RegistryKeys keys, String key, String expected) {
    String value = keys.text(key);
    if (value == null) {
      throw new IllegalArgumentException(
          "%s is missing (expected: %s, as bearer.auth.credentials.source is OAUTHBEARER)"
              .formatted(key, expected));
    }
    return value;
  }

  /** The endpoint without its query, in which some take a secret. */
  String shownEndpoint() {
    return "%s://%s%s"
        .formatted(
            tokenEndpoint.getScheme(), tokenEndpoint.getAuthority(), tokenEndpoint.getPath());
  }

  /** Who asks where: the secret is never printed. */
  @Override
  public String toString() {
    return "tokens for client " + id + " of " + shownEndpoint();
  }
}

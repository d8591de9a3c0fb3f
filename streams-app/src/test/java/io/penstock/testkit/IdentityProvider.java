package io.penstock.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Gives tokens to one client that knows its secret (RFC 6749, client credentials), signed by a key
 * (RFC 7519, RS256) that it shows to whoever has to believe them (RFC 7517). Thread-safe.
 */
public final class IdentityProvider implements AutoCloseable {

  /** For whom tokens are. */
  public static final String AUDIENCE = "cluster";

  private static final Base64.Encoder BASE64_URL = Base64.getUrlEncoder().withoutPadding();
  private static final String BEARER = "Bearer ";
  private static final Duration LIFE = Duration.ofMinutes(5);

  private final Set<String> given = ConcurrentHashMap.newKeySet();
  private final HttpServer server;
  private final KeyPair key;
  private final String client;
  private final String credentials;

  /**
   * One that knows a client.
   *
   * @param client its id, which becomes the subject of its tokens
   */
  public IdentityProvider(String client, String secret) {
    this.client = client;
    this.credentials =
        "Basic " + Base64.getEncoder().encodeToString((client + ":" + secret).getBytes(UTF_8));
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      key = generator.generateKeyPair();
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/token", this::giveToken);
    server.createContext("/keys", exchange -> answer(exchange, 200, keys()));
    server.start();
  }

  /** Where tokens are asked for. */
  public String tokenUrl() {
    return issuer() + "/token";
  }

  /** Where its keys are. */
  public String keysUrl() {
    return issuer() + "/keys";
  }

  /** By whom tokens are. */
  public String issuer() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** How many tokens it has given. */
  public int tokens() {
    return given.size();
  }

  /** Whether that is the header of somebody with a token that it has given. */
  public boolean believes(String authorization) {
    return authorization.startsWith(BEARER)
        && given.contains(authorization.substring(BEARER.length()));
  }

  private void giveToken(HttpExchange exchange) throws IOException {
    String asked = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
    if (!credentials.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
      answer(exchange, 401, "{\"error\":\"invalid_client\"}");
    } else if (!asked.contains("grant_type=client_credentials")) {
      answer(exchange, 400, "{\"error\":\"unsupported_grant_type\"}");
    } else {
      String token = token();
      given.add(token);
      answer(
          exchange,
          200,
          "{\"access_token\":\"%s\",\"token_type\":\"Bearer\",\"expires_in\":%d}"
              .formatted(token, LIFE.toSeconds()));
    }
  }

  /** A new token. */
  public String token() {
    long now = Instant.now().getEpochSecond();
    String claims =
        "{\"iss\":\"%s\",\"aud\":\"%s\",\"sub\":\"%s\",\"iat\":%d,\"exp\":%d,\"jti\":\"%s\"}"
            .formatted(issuer(), AUDIENCE, client, now, now + LIFE.toSeconds(), UUID.randomUUID());
    String signed = base64Url("{\"alg\":\"RS256\",\"kid\":\"1\"}") + "." + base64Url(claims);
    try {
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initSign(key.getPrivate());
      signature.update(signed.getBytes(UTF_8));
      return signed + "." + BASE64_URL.encodeToString(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private String keys() {
    RSAPublicKey known = (RSAPublicKey) key.getPublic();
    return "{\"keys\":[{\"kty\":\"RSA\",\"alg\":\"RS256\",\"use\":\"sig\",\"kid\":\"1\",\"n\":\"%s\",\"e\":\"%s\"}]}"
        .formatted(
            BASE64_URL.encodeToString(known.getModulus().toByteArray()),
            BASE64_URL.encodeToString(known.getPublicExponent().toByteArray()));
  }

  private static String base64Url(String json) {
    return BASE64_URL.encodeToString(json.getBytes(UTF_8));
  }

  private static void answer(HttpExchange exchange, int code, String json) throws IOException {
    try (exchange) {
      byte[] body = json.getBytes(UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(code, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}

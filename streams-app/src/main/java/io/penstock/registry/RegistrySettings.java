package io.penstock.registry;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * How to reach and use a schema registry. Time-outs and waits default to less than Confluent's
 * minute, because a stream thread may be waiting for the answer.
 *
 * @param endpoints the registry's addresses, tried in turn
 * @param access who asks, where the addresses do not say it
 * @param tls whom to trust, and who we are: the registry, and the identity provider if there is one
 * @param connectTimeout for one connection ({@code http.connect.timeout.ms})
 * @param readTimeout for one answer ({@code http.read.timeout.ms})
 * @param maxRetries further rounds over all endpoints after the first ({@code max.retries})
 * @param retryWait before the second round, doubled for each further one ({@code retries.wait.ms})
 * @param retryMaxWait the longest wait between two rounds ({@code retries.max.wait.ms})
 * @param missingIdTtl how long an unknown id is believed to be unknown ({@code
 *     missing.id.cache.ttl.sec})
 * @param autoRegister whether Penstock may register the schemas it writes ({@code
 *     auto.register.schemas}); false unless said otherwise, unlike Confluent's
 * @param normalize whether the registry compares schemas in normal form ({@code normalize.schemas})
 * @param subjects how subjects are named ({@code value.subject.name.strategy})
 */
public record RegistrySettings(
    List<Endpoint> endpoints,
    RegistryAccess access,
    TlsStores tls,
    Duration connectTimeout,
    Duration readTimeout,
    int maxRetries,
    Duration retryWait,
    Duration retryMaxWait,
    Duration missingIdTtl,
    boolean autoRegister,
    boolean normalize,
    SubjectNames subjects) {

  /** The keys that {@link #of} understands; those but the URL may carry a prefix. */
  static final Set<String> SUPPORTED =
      Set.of(
          "auto.register.schemas",
          "basic.auth.credentials.source",
          "basic.auth.user.info",
          "bearer.auth.cache.expiry.buffer.seconds",
          "bearer.auth.client.id",
          "bearer.auth.client.secret",
          "bearer.auth.credentials.source",
          "bearer.auth.identity.pool.id",
          "bearer.auth.issuer.endpoint.url",
          "bearer.auth.logical.cluster",
          "bearer.auth.scope",
          "bearer.auth.token",
          "http.connect.timeout.ms",
          "http.read.timeout.ms",
          "max.retries",
          "missing.id.cache.ttl.sec",
          "normalize.schemas",
          "retries.max.wait.ms",
          "retries.wait.ms",
          "schema.registry.url",
          "ssl.key.password",
          "ssl.keystore.location",
          "ssl.keystore.password",
          "ssl.keystore.type",
          "ssl.truststore.location",
          "ssl.truststore.password",
          "ssl.truststore.type",
          "value.subject.name.strategy");

  /** The keys that {@link #of} understands, sorted. */
  public static SortedSet<String> keys() {
    return new TreeSet<>(SUPPORTED);
  }

  public RegistrySettings {
    endpoints = List.copyOf(endpoints);
    if (endpoints.isEmpty()) {
      throw new IllegalArgumentException(
          RegistryKeys.URL + " is missing (expected: a comma-separated list of URLs)");
    }
  }

  /**
   * Reads Confluent's own keys.
   *
   * @throws IllegalArgumentException on a value that will not do, a key of Confluent's that this
   *     client does not support, or an unknown key; the message names it and what was expected
   */
  public static RegistrySettings of(Map<String, String> configuration) {
    RegistryKeys keys = new RegistryKeys(configuration);
    String urls = keys.text(RegistryKeys.URL);
    RegistryAccess access = RegistryAccess.of(keys);
    RegistrySettings settings =
        new RegistrySettings(
            urls == null ? List.of() : endpoints(access, urls),
            access,
            TlsStores.of(keys),
            keys.millis("http.connect.timeout.ms", Duration.ofSeconds(5), 1),
            keys.millis("http.read.timeout.ms", Duration.ofSeconds(10), 1),
            keys.count("max.retries", 3),
            keys.millis("retries.wait.ms", Duration.ofMillis(200), 0),
            keys.millis("retries.max.wait.ms", Duration.ofSeconds(5), 0),
            keys.seconds("missing.id.cache.ttl.sec", Duration.ofSeconds(30)),
            keys.flag("auto.register.schemas", false),
            keys.flag("normalize.schemas", false),
            subjects(keys));
    keys.refuseWhatIsLeft();
    return settings;
  }

  private static SubjectNames subjects(RegistryKeys keys) {
    String key = "value.subject.name.strategy";
    String strategy = keys.text(key);
    if (strategy == null) {
      return SubjectNames.TOPIC;
    }
    return SubjectNames.of(strategy)
        .orElseThrow(
            () ->
                keys.invalid(
                    key,
                    strategy,
                    "TopicNameStrategy, RecordNameStrategy or TopicRecordNameStrategy"));
  }

  private static List<Endpoint> endpoints(RegistryAccess access, String urls) {
    List<Endpoint> endpoints = new ArrayList<>();
    for (String url : urls.split(",", -1)) {
      endpoints.add(Endpoint.of(url.strip(), access));
    }
    return endpoints;
  }

  /** One address of the registry and the {@code Authorization} header that goes there. */
  public record Endpoint(URI uri, @Nullable String authorization) {

    static Endpoint of(String url, RegistryAccess access) {
      URI uri;
      try {
        uri = URI.create(url.endsWith("/") ? url : url + "/");
      } catch (IllegalArgumentException e) {
        // Without the cause: its message repeats the URL, which may hold a password.
        throw invalid(withoutUserInfo(url));
      }
      boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      if (!http || uri.getHost() == null || uri.getRawQuery() != null) {
        throw invalid(withoutUserInfo(url));
      }
      String userInfo = uri.getUserInfo();
      if (userInfo == null) {
        return new Endpoint(uri, access.authorization());
      }
      if (access.isGiven()) {
        throw new IllegalArgumentException(
            RegistryKeys.URL
                + " carries credentials for "
                + uri.getHost()
                + " beside basic.auth.* or bearer.auth.*: write one of them");
      }
      return new Endpoint(URI.create(withoutUserInfo(uri.toString())), basic(userInfo));
    }

    static String basic(String userInfo) {
      return "Basic "
          + Base64.getEncoder().encodeToString(userInfo.getBytes(StandardCharsets.UTF_8));
    }

    private static String withoutUserInfo(String url) {
      return url.replaceFirst("//[^/]*@", "//");
    }

    private static IllegalArgumentException invalid(String url) {
      return new IllegalArgumentException(
          RegistryKeys.URL + ": " + url + " (expected: http://host:port or https://host:port)");
    }

    /** The address alone: credentials are never printed. */
    @Override
    public String toString() {
      return uri.toString();
    }
  }
}

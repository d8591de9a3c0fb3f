package io.penstock.config.kafka;

import io.penstock.config.PenstockConfig;
import java.io.File;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.config.SaslConfigs;

/**
 * What Kafka's clients may ask, and read, for {@code OAUTHBEARER}: no URL and no file that two
 * system properties do not list. That protects servers which take the configuration of clients from
 * others, as Kafka Connect does. Here whoever writes the configuration runs the process, so what it
 * names is allowed, and what it names anew after a reload. A property that somebody else has set
 * holds as it is. Thread-safe.
 */
public final class OAuthAccess {

  /** {@code BrokerSecurityConfigs.ALLOWED_SASL_OAUTHBEARER_URLS_CONFIG}, of Kafka's server. */
  static final String URLS = "org.apache.kafka.sasl.oauthbearer.allowed.urls";

  /** {@code BrokerSecurityConfigs.ALLOWED_SASL_OAUTHBEARER_FILES_CONFIG}. */
  static final String FILES = "org.apache.kafka.sasl.oauthbearer.allowed.files";

  private static final Map<String, Set<String>> KEYS =
      Map.of(
          URLS,
          Set.of(
              SaslConfigs.SASL_OAUTHBEARER_TOKEN_ENDPOINT_URL,
              SaslConfigs.SASL_OAUTHBEARER_JWKS_ENDPOINT_URL),
          FILES,
          Set.of(
              SaslConfigs.SASL_OAUTHBEARER_ASSERTION_FILE,
              SaslConfigs.SASL_OAUTHBEARER_ASSERTION_PRIVATE_KEY_FILE,
              SaslConfigs.SASL_OAUTHBEARER_ASSERTION_TEMPLATE_FILE));

  /** By property, what was allowed here. */
  private static final Map<String, String> ALLOWED = new ConcurrentHashMap<>();

  private OAuthAccess() {}

  /** Allows this process what the configuration names, besides what earlier ones have named. */
  public static void allow(PenstockConfig config) {
    properties(config).forEach(OAuthAccess::allow);
  }

  private static void allow(String property, String named) {
    ALLOWED.compute(
        property,
        (key, before) -> {
          String now = System.getProperty(property);
          if (now != null && !now.equals(before)) {
            return before;
          }
          String all =
              Stream.of(before == null ? "" : before, named)
                  .flatMap(list -> Stream.of(list.split(",")))
                  .filter(value -> !value.isEmpty())
                  .distinct()
                  .sorted()
                  .collect(Collectors.joining(","));
          System.setProperty(property, all);
          return all;
        });
  }

  /** The properties that there is something for, in Kafka's form. */
  static Map<String, String> properties(PenstockConfig config) {
    Map<String, String> properties = new TreeMap<>();
    KEYS.forEach(
        (property, keys) ->
            named(config, keys, property.equals(FILES))
                .ifPresent(values -> properties.put(property, values)));
    return properties;
  }

  private static Optional<String> named(PenstockConfig config, Set<String> keys, boolean areFiles) {
    String values =
        Stream.concat(
                Stream.of(config.kafka()),
                config.pipelines().values().stream().map(pipeline -> pipeline.kafka()))
            .flatMap(kafka -> kafka.entrySet().stream())
            .filter(entry -> keys.stream().anyMatch(key -> isKey(entry.getKey(), key)))
            .map(entry -> entry.getValue().strip())
            .map(value -> areFiles ? new File(value).getAbsolutePath() : value)
            .distinct()
            .sorted()
            .collect(Collectors.joining(","));
    return values.isEmpty() ? Optional.empty() : Optional.of(values);
  }

  /** Whether it is that key, for all clients or for one kind of them. */
  private static boolean isKey(String written, String key) {
    return written.equals(key) || written.endsWith("." + key);
  }
}

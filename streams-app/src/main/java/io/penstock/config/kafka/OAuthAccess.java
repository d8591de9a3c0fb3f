package io.penstock.config.kafka;

import io.penstock.config.PenstockConfig;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.config.SaslConfigs;

/**
 * What Kafka's clients may ask, and read, for {@code OAUTHBEARER}: no URL and no file that two
 * system properties do not list. That protects servers which take the configuration of clients from
 * others, as Kafka Connect does. Here whoever writes the configuration runs the process, so what it
 * names is allowed. A property that somebody has set holds as it is.
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

  private OAuthAccess() {}

  /** Allows this process what the configuration names. */
  public static void allow(PenstockConfig config) {
    properties(config)
        .forEach(
            (property, named) -> {
              if (System.getProperty(property) == null) {
                System.setProperty(property, named);
              }
            });
  }

  /** The properties that there is something for, in Kafka's form. */
  static Map<String, String> properties(PenstockConfig config) {
    Map<String, String> properties = new TreeMap<>();
    KEYS.forEach(
        (property, keys) ->
            named(config, keys).ifPresent(values -> properties.put(property, values)));
    return properties;
  }

  private static Optional<String> named(PenstockConfig config, Set<String> keys) {
    String values =
        Stream.concat(
                Stream.of(config.kafka()),
                config.pipelines().values().stream().map(pipeline -> pipeline.kafka()))
            .flatMap(kafka -> kafka.entrySet().stream())
            .filter(entry -> keys.stream().anyMatch(key -> isKey(entry.getKey(), key)))
            .map(entry -> entry.getValue().strip())
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

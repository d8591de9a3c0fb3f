package io.penstock.registry;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Confluent's client keys as somebody wrote them, taken one by one; what is left at the end is a
 * key that nobody knows. Confluent reads most keys with and without {@code schema.registry.} in
 * front: so does this.
 *
 * <p>Not thread-safe. Keys and defaults: {@code SchemaRegistryClientConfig} and {@code
 * AbstractKafkaSchemaSerDeConfig} of Confluent's 7.9.
 */
final class RegistryKeys {

  static final String PREFIX = "schema.registry.";
  static final String URL = "schema.registry.url";

  /** Keys of Confluent's that change what a client does, in a way that this one cannot. */
  private static final Set<String> UNSUPPORTED =
      Set.of(
          "avro.reflection.allow.null",
          "avro.remove.java.properties",
          "avro.use.logical.type.converters",
          "bearer.auth.custom.provider.class",
          "bearer.auth.scope.claim.name",
          "bearer.auth.sub.claim.name",
          "context.name.strategy",
          "key.subject.name.strategy",
          "latest.cache.size",
          "latest.cache.ttl.sec",
          "max.schemas.per.subject",
          "missing.cache.size",
          "missing.schema.cache.ttl.sec",
          "missing.version.cache.ttl.sec",
          "proxy.host",
          "proxy.port",
          "rule.actions",
          "rule.executors",
          "rule.service.loader.enable",
          "schema.format",
          "specific.avro.key.type",
          "specific.avro.value.type",
          "ssl.cipher.suites",
          "ssl.enabled.protocols",
          "ssl.keymanager.algorithm",
          "ssl.keystore.certificate.chain",
          "ssl.keystore.key",
          "ssl.protocol",
          "ssl.provider",
          "ssl.secure.random.implementation",
          "ssl.trustmanager.algorithm",
          "ssl.truststore.certificates",
          "use.latest.with.metadata");

  /** Keys that may be written as long as they say what this client does anyway. */
  private static final Map<String, String> FIXED =
      Map.of(
          "id.compatibility.strict", "true",
          "latest.compatibility.strict", "true",
          "propagate.schema.tags", "false",
          "schema.reflection", "false",
          "specific.avro.reader", "false",
          "ssl.endpoint.identification.algorithm", "https",
          "url.randomize", "false",
          "use.latest.version", "false",
          "use.schema.id", "-1");

  private final Map<String, String> left = new LinkedHashMap<>();
  private final Map<String, String> written = new LinkedHashMap<>();

  RegistryKeys(Map<String, String> keys) {
    new TreeMap<>(keys)
        .forEach(
            (key, value) -> {
              String canonical =
                  key.equals(URL) || !key.startsWith(PREFIX) ? key : key.substring(PREFIX.length());
              String twin = written.putIfAbsent(canonical, key);
              if (twin != null) {
                throw new IllegalArgumentException(
                    twin + " and " + key + " are the same setting: write one of them");
              }
              left.put(canonical, value.strip());
            });
  }

  /** A key's value, or null where the key is absent or empty. */
  @Nullable String text(String key) {
    String value = left.remove(key);
    return value == null || value.isEmpty() ? null : value;
  }

  boolean flag(String key, boolean otherwise) {
    String value = text(key);
    if (value == null) {
      return otherwise;
    }
    return switch (value) {
      case "true" -> true;
      case "false" -> false;
      default -> throw invalid(key, value, "true or false");
    };
  }

  int count(String key, int otherwise) {
    String value = text(key);
    return value == null ? otherwise : Math.toIntExact(number(key, value, 0, Integer.MAX_VALUE));
  }

  Duration millis(String key, Duration otherwise, int least) {
    String value = text(key);
    return value == null
        ? otherwise
        : Duration.ofMillis(number(key, value, least, Integer.MAX_VALUE));
  }

  Duration seconds(String key, Duration otherwise) {
    String value = text(key);
    return value == null ? otherwise : Duration.ofSeconds(number(key, value, 0, Integer.MAX_VALUE));
  }

  /** Refuses what nobody has taken: unsupported keys with what to do, unknown ones by name. */
  void refuseWhatIsLeft() {
    FIXED.forEach(
        (key, only) -> {
          String value = text(key);
          if (value != null && !value.equalsIgnoreCase(only)) {
            throw invalid(key, value, only + "; Penstock's registry client knows nothing else");
          }
        });
    for (String key : left.keySet()) {
      if (UNSUPPORTED.contains(key)) {
        throw new IllegalArgumentException(
            name(key)
                + " is a key of Confluent's client that Penstock's own does not support: remove it");
      }
      if (RegistrySettings.SUPPORTED.contains(key)) {
        throw new IllegalArgumentException(
            name(key)
                + " is not used with the credentials that are given (expected:"
                + " bearer.auth.credentials.source: OAUTHBEARER, which fetches tokens)");
      }
      throw new IllegalArgumentException(
          name(key) + " is no key of a schema registry client (expected: one of " + known() + ")");
    }
  }

  /** A value that will not do, named as its author wrote it. Not for secrets. */
  IllegalArgumentException invalid(String key, String value, String expected) {
    return new IllegalArgumentException(name(key) + ": " + value + " (expected: " + expected + ")");
  }

  /** The key as its author wrote it. */
  String name(String key) {
    return written.getOrDefault(key, key);
  }

  private long number(String key, String value, long least, long most) {
    try {
      long number = Long.parseLong(value);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Falls through to the one message for both.
    }
    throw invalid(key, value, "a whole number from " + least + " to " + most);
  }

  private static Set<String> known() {
    return new TreeSet<>(RegistrySettings.SUPPORTED);
  }
}

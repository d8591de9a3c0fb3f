package io.penstock.config.section;

import io.penstock.config.kafka.KafkaKeys;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Decides what of a Kafka or registry key's value may be shown. */
final class Secrecy {

  static final String MASK = "********";

  private static final List<String> WORDS =
      List.of("password", "secret", "token", "jaas", "user.info", "credentials");

  /** What keys end with whose value is no secret, whatever they begin with; but for its query. */
  private static final List<String> TOLD = List.of(".credentials.source", ".endpoint.url");

  private static final Pattern URL_USER_INFO = Pattern.compile("(?<=://)[^/@\\s]+(?=@)");

  /** Of a token endpoint: some take the secret there. */
  private static final Pattern URL_QUERY = Pattern.compile("(?<=\\?).+");

  private Secrecy() {}

  /** Whether a key's value is a secret, by its words or because Kafka says so. */
  static boolean isSecret(String key) {
    String lower = key.toLowerCase(Locale.ROOT);
    return KafkaKeys.isPassword(key)
        || (WORDS.stream().anyMatch(lower::contains) && TOLD.stream().noneMatch(lower::endsWith));
  }

  /** A value as it may be shown: masked for a secret key, without the user of a URL otherwise. */
  static String shown(String key, String value) {
    if (isSecret(key)) {
      return MASK;
    }
    String withoutUser = URL_USER_INFO.matcher(value).replaceAll(MASK);
    boolean isEndpoint = key.toLowerCase(Locale.ROOT).endsWith(".endpoint.url");
    return isEndpoint ? URL_QUERY.matcher(withoutUser).replaceAll(MASK) : withoutUser;
  }
}

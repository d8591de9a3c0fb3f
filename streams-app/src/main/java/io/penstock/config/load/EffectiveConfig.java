package io.penstock.config.load;

import io.penstock.config.PenstockConfig;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A configuration that holds, with the origin of every value: a line of the file, an environment
 * variable or the default. Immutable.
 */
public final class EffectiveConfig {

  private final PenstockConfig config;
  private final List<Entry> entries;
  private final List<String> warnings;
  private final String fingerprint;

  EffectiveConfig(
      PenstockConfig config, List<Entry> entries, List<String> warnings, String fingerprint) {
    this.config = config;
    this.entries = List.copyOf(entries);
    this.warnings = List.copyOf(warnings);
    this.fingerprint = fingerprint;
  }

  /** The configuration itself, with its secrets in clear text. */
  public PenstockConfig config() {
    return config;
  }

  /** Every key. */
  public List<Entry> entries() {
    return entries;
  }

  /** What may not be meant, one line each, in the order of the file. */
  public List<String> warnings() {
    return warnings;
  }

  /** The file that it was read from: what {@code sha256sum} prints of it, the first 12 digits. */
  public String fingerprint() {
    return fingerprint;
  }

  /** One line for each key: {@code key: value # origin}, secrets masked. */
  public String show() {
    int width = entries.stream().mapToInt(e -> e.setting().length()).max().orElse(0);
    return entries.stream()
        .map(e -> e.setting() + " ".repeat(width - e.setting().length()) + "  # " + e.origin())
        .collect(Collectors.joining("\n"));
  }

  /**
   * A key that holds.
   *
   * @param key its path, with dots
   * @param value its text; masked if it is a secret
   * @param origin where it came from
   */
  public record Entry(String key, String value, String origin) {
    private String setting() {
      return key + ": " + value.replace("\n", "\\n");
    }
  }
}

package io.penstock.config.section;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The way from the root to a key. Written with dots; as an environment variable, upper case behind
 * {@code PENSTOCK_}, with {@code __} between segments and {@code _} for a segment's {@code .} and
 * {@code -}.
 */
public record ConfigPath(List<String> segments) {

  static final ConfigPath ROOT = new ConfigPath(List.of());

  public ConfigPath {
    segments = List.copyOf(segments);
  }

  ConfigPath child(String key) {
    List<String> longer = new ArrayList<>(segments);
    longer.add(key);
    return new ConfigPath(longer);
  }

  /** The last segment; empty for the root. */
  String key() {
    return segments.isEmpty() ? "" : segments.get(segments.size() - 1);
  }

  /** The variable that overrides this key. */
  public String variable() {
    return segments.stream()
        .map(segment -> segment.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9<>]", "_"))
        .collect(Collectors.joining("__", Environment.PREFIX, ""));
  }

  @Override
  public String toString() {
    return String.join(".", segments);
  }
}

package io.penstock.benchmarks.peer;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The command line of a peer: {@code key=value}, one of each. Keys with a dot are Kafka's, and go
 * to Kafka Streams as they are.
 */
public final class PeerArguments {

  /** What a peer prints, as a line of its own, once it works. */
  public static final String READY = "ready";

  private final Map<String, String> values;

  private PeerArguments(Map<String, String> values) {
    this.values = Map.copyOf(values);
  }

  /** As arguments of a command. */
  public static List<String> format(Map<String, String> values) {
    return values.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).sorted().toList();
  }

  /** Of a command line. */
  public static PeerArguments parse(String... arguments) {
    Map<String, String> values = new HashMap<>();
    for (String argument : arguments) {
      int equals = argument.indexOf('=');
      values.put(argument.substring(0, equals), argument.substring(equals + 1));
    }
    return new PeerArguments(values);
  }

  /** A value that must be there. */
  public String text(String key) {
    String value = values.get(key);
    if (value == null) {
      throw new IllegalArgumentException("%s is missing (there: %s)".formatted(key, values));
    }
    return value;
  }

  /** A whole number that must be there. */
  public int number(String key) {
    return Integer.parseInt(text(key));
  }

  Map<String, String> kafka() {
    return values.entrySet().stream()
        .filter(e -> e.getKey().contains("."))
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }
}

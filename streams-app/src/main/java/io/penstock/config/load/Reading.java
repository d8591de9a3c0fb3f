package io.penstock.config.load;

import io.penstock.config.Suggestion;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What all sections of one file share while it is read: the environment, the problems found so far
 * and the values that hold. Not thread-safe.
 */
final class Reading {

  private final Environment environment;
  private final References references;
  private final List<Problem> problems = new ArrayList<>();
  private final List<EffectiveConfig.Entry> entries = new ArrayList<>();
  private final List<Problem> warnings = new ArrayList<>();
  private final List<KeyDoc> keys = new ArrayList<>();
  private final Map<String, Held> held = new HashMap<>();

  Reading(Map<String, String> variables) {
    this.environment = new Environment(variables);
    this.references = new References(variables);
  }

  Environment environment() {
    return environment;
  }

  References references() {
    return references;
  }

  List<Problem> problems() {
    return problems;
  }

  /** What does no harm but may not be meant. */
  List<Problem> warnings() {
    return warnings;
  }

  /** Every key that was declared, whether or not the file has it. */
  List<KeyDoc> keys() {
    return keys;
  }

  List<EffectiveConfig.Entry> entries() {
    return entries;
  }

  void holds(ConfigPath path, String shown, Origin origin) {
    entries.add(new EffectiveConfig.Entry(path.toString(), shown, origin.toString()));
    held.put(path.toString(), new Held(shown, origin));
  }

  /** What was read for a key; the default where nothing was. */
  Held held(String path) {
    return held.getOrDefault(path, new Held("", new Origin.Default()));
  }

  /** A value as it may be shown, and where it came from. */
  record Held(String shown, Origin origin) {}

  /** Reports overrides that match no key. */
  void reportUnmatchedOverrides() {
    for (String name : environment.unmatched()) {
      problems.add(
          new Problem(
              new Origin.Variable(name),
              "",
              "matches no key (expected: PENSTOCK_ and a key's path in upper case, __ between"
                  + " levels, _ for . and -"
                  + Suggestion.suffix(name, environment.known())
                  + ")"));
    }
  }
}

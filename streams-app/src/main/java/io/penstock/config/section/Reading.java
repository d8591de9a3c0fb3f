package io.penstock.config.section;

import io.penstock.config.Suggestion;
import io.penstock.config.yaml.Origin;
import io.penstock.config.yaml.Problem;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What all sections of one file share while it is read: the environment, the problems found so far
 * and the values that hold. Not thread-safe.
 */
public final class Reading {

  private final Environment environment;
  private final References references;
  private final List<Problem> problems = new ArrayList<>();
  private final List<Problem> warnings = new ArrayList<>();
  private final List<KeyDoc> keys = new ArrayList<>();
  private final Map<String, Held> held = new LinkedHashMap<>();

  public Reading(Map<String, String> variables) {
    this.environment = new Environment(variables);
    this.references = new References(variables);
  }

  Environment environment() {
    return environment;
  }

  References references() {
    return references;
  }

  public List<Problem> problems() {
    return problems;
  }

  /** What does no harm but may not be meant. */
  public List<Problem> warnings() {
    return warnings;
  }

  /** Every key that was declared, whether or not the file has it. */
  public List<KeyDoc> keys() {
    return keys;
  }

  /** What was read, by the paths of the keys, in the order in which it was asked for. */
  public Map<String, Held> held() {
    return Collections.unmodifiableMap(held);
  }

  void holds(ConfigPath path, String shown, Origin origin) {
    held.put(path.toString(), new Held(shown, origin));
  }

  /** What was read for a key; the default where nothing was. */
  Held held(String path) {
    return held.getOrDefault(path, new Held("", new Origin.Default()));
  }

  /** A value as it may be shown, and where it came from. */
  public record Held(String shown, Origin origin) {}

  /** Reports overrides that match no key. */
  public void reportUnmatchedOverrides() {
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

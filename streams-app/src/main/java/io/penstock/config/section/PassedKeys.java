package io.penstock.config.section;

import io.penstock.config.Syntax;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Reads a section of keys that Penstock passes on. Not thread-safe. */
final class PassedKeys {

  /** Any text but an empty one. */
  private static final Syntax<String> TEXT = Syntax.text("a text");

  private final Section section;
  private final Passed passed;

  PassedKeys(Section section, Passed passed) {
    this.section = section;
    this.passed = passed;
  }

  Setting<Map<String, String>> read() {
    passed
        .known()
        .forEach(
            (k, known) ->
                section.declare(k, known.syntax(), known.shownDefault(), known.meaning()));
    Map<String, String> values = new LinkedHashMap<>();
    for (String key : section.namesAfter(passed.known().keySet())) {
      text(key).ifPresent(value -> values.put(key, value));
    }
    return section.build(
        () -> {
          check(values);
          return values;
        });
  }

  private Optional<String> text(String key) {
    Passed.Known known = passed.known().get(key);
    if (known != null && known.absent() != null && section.lacks(key)) {
      return Optional.empty();
    }
    Optional<String> text = section.text(key, known == null ? TEXT : known.syntax()).valid();
    text.flatMap(value -> passed.rule().remark(key, value, section.held(key).shown()))
        .ifPresent(remark -> section.remark(key, remark));
    return text;
  }

  /** Has the values checked together, by somebody who does not know which of them are secrets. */
  private void check(Map<String, String> values) {
    try {
      passed.together().accept(values);
    } catch (IllegalArgumentException e) {
      String message = String.valueOf(e.getMessage());
      String key = message.split(": ", 2)[0];
      int expected = message.indexOf(" (expected: ");
      if (expected > 0 && section.held(key).shown().equals(Secrecy.MASK)) {
        message = key + ": " + Secrecy.MASK + message.substring(expected);
      }
      throw new IllegalArgumentException(message, e);
    }
  }
}

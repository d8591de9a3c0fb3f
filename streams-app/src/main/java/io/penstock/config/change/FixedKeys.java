package io.penstock.config.change;

import io.penstock.config.PenstockConfig;
import io.penstock.config.load.EffectiveConfig;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The keys that take a restart: all but those of models and pipelines. */
public final class FixedKeys {

  private FixedKeys() {}

  /**
   * Those that another configuration has otherwise, in their order; no values. Where it cannot be
   * told which key of a section it is, since it is a secret, the section.
   */
  public static SortedSet<String> unlike(EffectiveConfig now, EffectiveConfig next) {
    SortedSet<String> keys = new TreeSet<>(differences(shown(now), shown(next)));
    PenstockConfig before = now.config();
    PenstockConfig after = next.config();
    differences(before.kafka(), after.kafka()).forEach(key -> keys.add("kafka." + key));
    differences(before.registry(), after.registry()).forEach(key -> keys.add("registry." + key));
    if (!before.service().equals(after.service())) {
      keys.add("service");
    }
    Map<String, Object> sections = sections(after);
    sections(before)
        .forEach(
            (name, section) -> {
              boolean isNamed = keys.stream().anyMatch(key -> key.startsWith(name + "."));
              if (!isNamed && !section.equals(sections.get(name))) {
                keys.add(name);
              }
            });
    return keys;
  }

  private static Map<String, Object> sections(PenstockConfig config) {
    return Map.of(
        "control",
        config.control(),
        "inference",
        config.inference(),
        "http",
        config.http(),
        "requests",
        config.requests());
  }

  private static Map<String, String> shown(EffectiveConfig config) {
    Map<String, String> shown = new HashMap<>();
    for (EffectiveConfig.Entry entry : config.entries()) {
      if (!entry.key().startsWith("models.") && !entry.key().startsWith("pipelines.")) {
        shown.put(entry.key(), entry.value());
      }
    }
    return shown;
  }

  private static List<String> differences(Map<String, String> some, Map<String, String> others) {
    return Stream.concat(some.keySet().stream(), others.keySet().stream())
        .filter(key -> !Objects.equals(some.get(key), others.get(key)))
        .distinct()
        .toList();
  }
}

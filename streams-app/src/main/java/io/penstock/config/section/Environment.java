package io.penstock.config.section;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The overrides that the environment holds. Every key of a file can be overridden by a variable:
 *
 * <ul>
 *   <li>{@code PENSTOCK_} and the key's path in upper case, {@code __} between levels;
 *   <li>{@code _} for the {@code .} and {@code -} within a level: {@code
 *       PENSTOCK_PIPELINES__PAYMENTS_FRAUD__BATCH__ROWS};
 *   <li>Kafka's and the registry's keys can be added too, {@code _} standing for {@code .}: {@code
 *       PENSTOCK_KAFKA__BOOTSTRAP_SERVERS};
 *   <li>a list is written with commas.
 * </ul>
 *
 * <p>Models, pipelines and their fields must be in the file. A {@code PENSTOCK_} variable that
 * matches no key is a problem; {@link #RESERVED} ones and the service links that Kubernetes injects
 * for a Service called penstock ({@code PENSTOCK_PORT_8080_TCP_ADDR}) are not overrides.
 *
 * <p>Not thread-safe: remembers which variables were asked for.
 */
final class Environment {

  static final String PREFIX = "PENSTOCK_";

  /** Read by other parts: the logging configuration, the start script and the command line. */
  static final Set<String> RESERVED =
      Set.of("PENSTOCK_LOG_LEVEL", "PENSTOCK_LOG_FORMAT", "PENSTOCK_HOME", "PENSTOCK_CONFIG");

  private static final Pattern KUBERNETES_SERVICE_LINK =
      Pattern.compile(
          "PENSTOCK_([A-Z0-9]+_)*(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?"
              + "|PORT(_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)");

  private final SortedMap<String, String> overrides = new TreeMap<>();
  private final Map<String, ConfigPath> asked = new LinkedHashMap<>();

  Environment(Map<String, String> variables) {
    variables.forEach(
        (name, value) -> {
          if (name.startsWith(PREFIX) && !RESERVED.contains(name) && !isServiceLink(name)) {
            overrides.put(name, value);
          }
        });
  }

  private static boolean isServiceLink(String name) {
    return !name.contains("__") && KUBERNETES_SERVICE_LINK.matcher(name).matches();
  }

  /** The override of that key. */
  Optional<String> override(ConfigPath path) {
    asked.putIfAbsent(path.variable(), path);
    return Optional.ofNullable(overrides.get(path.variable()));
  }

  /** The key that was asked for before under the same variable, if it is another one. */
  Optional<ConfigPath> rival(ConfigPath path) {
    return Optional.ofNullable(asked.get(path.variable())).filter(other -> !other.equals(path));
  }

  /** Keys directly below a path that only the environment has, by their dotted names. */
  List<String> addedBelow(ConfigPath path, Collection<String> inFile) {
    String prefix = path.variable() + "__";
    Set<String> there =
        inFile.stream().map(key -> path.child(key).variable()).collect(Collectors.toSet());
    return overrides.keySet().stream()
        .filter(name -> name.startsWith(prefix) && !there.contains(name))
        .map(name -> name.substring(prefix.length()))
        .filter(rest -> !rest.isEmpty() && !rest.contains("__"))
        .map(rest -> rest.toLowerCase(Locale.ROOT).replace('_', '.'))
        .toList();
  }

  /** Overrides that no key asked for. */
  List<String> unmatched() {
    return overrides.keySet().stream().filter(name -> !asked.containsKey(name)).toList();
  }

  /** The variables that keys asked for, set or not. */
  Set<String> known() {
    return asked.keySet();
  }
}

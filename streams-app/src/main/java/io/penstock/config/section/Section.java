package io.penstock.config.section;

import io.penstock.config.Remark;
import io.penstock.config.Suggestion;
import io.penstock.config.Syntax;
import io.penstock.config.yaml.Node;
import io.penstock.config.yaml.Origin;
import io.penstock.config.yaml.Problem;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A mapping of the file while it is read. Whoever reads it asks for every key there may be; {@link
 * #build} then reports the keys that nobody asked for, and makes a value only if neither this
 * section nor one below it has a problem. Not thread-safe.
 */
public final class Section {

  private static final Origin DEFAULT = new Origin.Default();

  private final Reading reading;
  private final ConfigPath path;
  private final Node.Mapping mapping;
  private final @Nullable Section parent;
  private final Set<String> known = new LinkedHashSet<>();
  private boolean failed;

  private Section(
      Reading reading, ConfigPath path, Node.Mapping mapping, @Nullable Section parent) {
    this.reading = reading;
    this.path = path;
    this.mapping = mapping;
    this.parent = parent;
  }

  public static Section root(Reading reading, Node.Mapping mapping) {
    return new Section(reading, ConfigPath.ROOT, mapping, null);
  }

  /**
   * A key that must be there.
   *
   * @param meaning what it means, as a user is told
   */
  public <T> Setting<T> required(String key, Syntax<T> syntax, String meaning) {
    declare(key, syntax, "required", meaning);
    return read(key, syntax, null, (name, text) -> text);
  }

  /** A key that is that text where nothing is said. */
  public <T> Setting<T> optional(String key, Syntax<T> syntax, String defaultText, String meaning) {
    return optional(key, syntax, defaultText, "`" + defaultText + "`", meaning);
  }

  /** A key whose default depends on something, which {@code shownDefault} says in words. */
  public <T> Setting<T> optional(
      String key, Syntax<T> syntax, String defaultText, String shownDefault, String meaning) {
    declare(key, syntax, shownDefault, meaning);
    return read(key, syntax, defaultText, (name, text) -> text);
  }

  /** A key that may be absent, which means something of its own. */
  public <T> Setting<Optional<T>> optional(
      String key, Syntax<T> syntax, Absent absent, String meaning) {
    return optional(key, syntax, absent, meaning, (name, text) -> text);
  }

  /** The same for a key whose value is never shown. */
  public <T> Setting<Optional<T>> secret(
      String key, Syntax<T> syntax, Absent absent, String meaning) {
    return optional(key, syntax, absent, meaning, (name, text) -> Secrecy.MASK);
  }

  private <T> Setting<Optional<T>> optional(
      String key,
      Syntax<T> syntax,
      Absent absent,
      String meaning,
      BiFunction<String, String, String> shown) {
    declare(key, syntax, absent.shownDefault(), meaning);
    if (lacks(key)) {
      return Setting.of(Optional.empty());
    }
    return read(key, syntax, null, shown)
        .valid()
        .map(value -> Setting.of(Optional.of(value)))
        .orElseGet(Setting::invalid);
  }

  /** Whether neither the file nor the environment has a key. */
  boolean lacks(String key) {
    known.add(key);
    Node node = mapping.entries().get(key);
    return override(path.child(key)).isEmpty() && (node == null || node instanceof Node.Empty);
  }

  /** Says what there is to know about a key, whether or not the file has it. */
  void declare(String key, Syntax<?> syntax, String shownDefault, String meaning) {
    reading.keys().add(new KeyDoc(path.child(key), shownDefault, syntax.expected(), meaning));
  }

  /**
   * A key that is of use only where something holds; elsewhere it is a problem unless it is absent,
   * and is its default.
   *
   * @param useless why it is a problem, if it is
   */
  public <T> Setting<T> optionalWhere(
      boolean holds,
      String useless,
      String key,
      Syntax<T> syntax,
      String defaultText,
      String meaning) {
    if (holds) {
      return optional(key, syntax, defaultText, meaning);
    }
    declare(key, syntax, "`" + defaultText + "`", meaning);
    refuse(key, useless);
    return Setting.of(syntax.parse(defaultText));
  }

  private void refuse(String key, String why) {
    ConfigPath at = path.child(key);
    String message = why + " (expected: nothing)";
    Node node = mapping.entries().get(key);
    if (node != null) {
      known.add(key);
      problem(node.origin(), at, message);
    }
    if (reading.environment().override(at).isPresent()) {
      problem(new Origin.Variable(at.variable()), at, message);
    }
  }

  /** The section below a key; empty where the file has none. */
  public Section section(String key) {
    known.add(key);
    return new Section(reading, path.child(key), mappingAt(key), this);
  }

  /** The sections below a key, by their names, in the file's order: one at least. */
  public Map<String, Section> sections(String key, Syntax<String> nameSyntax) {
    Map<String, Section> sections = sectionsIfAny(key, nameSyntax);
    if (sections.isEmpty()) {
      problem(section(key).mapping.origin(), path.child(key), "missing (expected: at least one)");
    }
    return sections;
  }

  /** The sections below a key, by their names, in the file's order. */
  public Map<String, Section> sectionsIfAny(String key, Syntax<String> nameSyntax) {
    Section names = section(key);
    Map<String, Section> sections = new LinkedHashMap<>();
    names
        .mapping
        .entries()
        .forEach(
            (name, node) -> {
              try {
                nameSyntax.parse(name);
              } catch (IllegalArgumentException e) {
                names.problem(
                    node.origin(), names.path.child(name), "illegal name " + e.getMessage());
              }
              sections.put(name, names.section(name));
            });
    return sections;
  }

  /** Keys that Penstock passes on, with their values. Values of secret keys are never shown. */
  public Setting<Map<String, String>> texts(String key, Passed passed) {
    return new PassedKeys(section(key), passed).read();
  }

  /** The keys that the file or the environment has in this section, after those given. */
  Set<String> namesAfter(Set<String> first) {
    Set<String> names = new LinkedHashSet<>(first);
    names.addAll(mapping.entries().keySet());
    names.addAll(reading.environment().addedBelow(path, names));
    return names;
  }

  /** A key whose value may be a secret. */
  Setting<String> text(String key, Syntax<String> syntax) {
    return read(key, syntax, null, Secrecy::shown);
  }

  /** What was read for a key of this section. */
  Reading.Held held(String key) {
    return reading.held(path.child(key).toString());
  }

  /** Something to say about a key that was read. */
  void remark(String key, Remark remark) {
    Origin origin = held(key).origin();
    if (remark.refuses()) {
      problem(origin, path.child(key), remark.text());
    } else {
      reading.warnings().add(new Problem(origin, path.child(key).toString(), remark.text()));
    }
  }

  /** Names with one value each. */
  public <T> Setting<Map<String, T>> values(
      String key, Syntax<T> syntax, Absent absent, String meaning) {
    Section below = section(key);
    Map<String, T> values = new LinkedHashMap<>();
    for (String name : List.copyOf(below.mapping.entries().keySet())) {
      below.declare(name, syntax, absent.shownDefault(), meaning);
      below
          .read(name, syntax, null, (at, text) -> text)
          .valid()
          .ifPresent(value -> values.put(name, value));
    }
    return below.build(() -> values);
  }

  /** A list of values; empty where nothing is said. */
  public <T> Setting<List<T>> list(String key, Syntax<T> item, Absent absent, String meaning) {
    declare(key, item, absent.shownDefault(), meaning);
    if (lacks(key)) {
      return Setting.of(List.of());
    }
    ConfigPath at = path.child(key);
    List<T> values = new ArrayList<>();
    boolean complete = true;
    for (String text : list(key, Syntax.text("a list"))) {
      try {
        values.add(item.parse(text));
      } catch (IllegalArgumentException e) {
        problem(held(key).origin(), at, text + " " + e.getMessage());
        complete = false;
      }
    }
    return complete ? Setting.of(List.copyOf(values)) : Setting.invalid();
  }

  /** Names with one text or several each. */
  public Setting<Map<String, List<String>>> lists(
      String key, Syntax<String> item, String shownDefault, String meaning) {
    Section lists = section(key);
    Map<String, List<String>> values = new LinkedHashMap<>();
    for (String name : List.copyOf(lists.mapping.entries().keySet())) {
      lists.declare(name, item, shownDefault, meaning);
      values.put(name, lists.list(name, item));
    }
    return lists.build(() -> values);
  }

  private List<String> list(String name, Syntax<String> item) {
    if (!(mapping.entries().get(name) instanceof Node.Listing listing)
        || reading.environment().override(path.child(name)).isPresent()) {
      return read(name, item, null, (key, text) -> text).valid().stream()
          .flatMap(text -> Arrays.stream(text.split(",", -1)))
          .map(String::strip)
          .toList();
    }
    known.add(name);
    List<String> texts = new ArrayList<>();
    for (Node node : listing.items()) {
      if (node instanceof Node.Scalar scalar && !scalar.text().isBlank()) {
        texts.add(scalar.text());
      } else {
        problem(node.origin(), path.child(name), node.kind() + " (expected: texts)");
      }
    }
    if (listing.items().isEmpty()) {
      problem(listing.origin(), path.child(name), "an empty list (expected: at least one text)");
    }
    reading.holds(path.child(name), texts.toString(), listing.origin());
    return texts;
  }

  /** Reports unknown keys; then makes the section's value, unless there is a problem. */
  public <T> Setting<T> build(Supplier<T> maker) {
    mapping
        .entries()
        .forEach(
            (key, node) -> {
              if (!known.contains(key)) {
                String keys = String.join(", ", known) + Suggestion.suffix(key, known);
                problem(node.origin(), path.child(key), "unknown key (expected: " + keys + ")");
              }
            });
    if (failed) {
      return Setting.invalid();
    }
    try {
      return Setting.of(maker.get());
    } catch (IllegalArgumentException e) {
      return refused(String.valueOf(e.getMessage()));
    }
  }

  /** A section whose values do not go together; the message should begin with a key of it. */
  private <T> Setting<T> refused(String message) {
    String[] parts = message.split(": ", 2);
    if (parts.length == 2 && !parts[0].contains(" ")) {
      return problem(originOf(parts[0]), path.child(parts[0]), parts[1]);
    }
    return problem(originOf(message.split(" ", 2)[0]), path, message);
  }

  /** Where a key stands in the file, or the section that lacks it: {@code fraud.yaml:14}. */
  public String where(String key) {
    Node node = mapping.entries().get(key);
    return (node == null ? mapping.origin() : node.origin()).toString();
  }

  private Origin originOf(String key) {
    Origin origin = held(key).origin();
    return origin.equals(DEFAULT) ? mapping.origin() : origin;
  }

  private <T> Setting<T> read(
      String key,
      Syntax<T> syntax,
      @Nullable String defaultText,
      BiFunction<String, String, String> shown) {
    known.add(key);
    ConfigPath at = path.child(key);
    Optional<String> override = override(at);
    Node node = mapping.entries().get(key);
    if (override.isPresent()) {
      return parse(at, override.get(), new Origin.Variable(at.variable()), syntax, shown);
    }
    if (node instanceof Node.Scalar scalar) {
      return parse(at, scalar.text(), scalar.origin(), syntax, shown);
    }
    if (node != null && !(node instanceof Node.Empty)) {
      return problem(node.origin(), at, node.kind() + " (expected: " + syntax.expected() + ")");
    }
    if (defaultText != null) {
      return parse(at, defaultText, DEFAULT, syntax, shown);
    }
    Origin origin = node == null ? mapping.origin() : node.origin();
    return problem(origin, at, "missing (expected: " + syntax.expected() + ")");
  }

  private <T> Setting<T> parse(
      ConfigPath at,
      String raw,
      Origin origin,
      Syntax<T> syntax,
      BiFunction<String, String, String> shown) {
    References.Resolved resolved;
    try {
      resolved = reading.references().resolve(raw);
    } catch (IllegalArgumentException e) {
      return problem(origin, at, String.valueOf(e.getMessage()));
    }
    String visible = shown.apply(at.key(), raw);
    reading.holds(at, resolved.isSecret() ? Secrecy.MASK : visible, origin);
    try {
      return Setting.of(syntax.parse(resolved.text()));
    } catch (IllegalArgumentException e) {
      return problem(origin, at, (raw.isBlank() ? "empty" : visible) + " " + e.getMessage());
    }
  }

  private Optional<String> override(ConfigPath at) {
    Optional<ConfigPath> rival = reading.environment().rival(at);
    Optional<String> override = reading.environment().override(at);
    if (rival.isPresent() && override.isPresent()) {
      problem(
          new Origin.Variable(at.variable()),
          at,
          "ambiguous (expected: one key of that name; it also stands for " + rival.get() + ")");
    }
    return override;
  }

  private Node.Mapping mappingAt(String key) {
    Node node = mapping.entries().get(key);
    if (node instanceof Node.Mapping below) {
      return below;
    }
    if (node != null && !(node instanceof Node.Empty)) {
      problem(node.origin(), path.child(key), node.kind() + " (expected: keys and values)");
    }
    return new Node.Mapping(Map.of(), node == null ? mapping.origin() : node.origin());
  }

  private <T> Setting<T> problem(Origin origin, ConfigPath at, String message) {
    reading.problems().add(new Problem(origin, at.toString(), message));
    for (Section section = this; section != null; section = section.parent) {
      section.failed = true;
    }
    return Setting.invalid();
  }
}

package io.penstock.control;

import io.penstock.schemas.ModelDecision;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongPredicate;
import java.util.stream.Stream;

/**
 * Which versions of a model the fleet keeps loaded beside the active one, which it does not load
 * though an instance's own version policy would, and which pipelines rest: what users said by
 * command. Immutable.
 *
 * <p>The last word counts: to load, pin or label a version that was unloaded is to take that back.
 *
 * @param labels versions by what users call them
 * @param pins versions that cannot be unloaded
 * @param loaded versions that were loaded by command, until they are unloaded by command
 * @param unloaded versions that were unloaded by command
 * @param paused pipelines that take no records
 */
public record Holdings(
    SortedMap<String, Long> labels,
    SortedSet<Long> pins,
    SortedSet<Long> loaded,
    SortedSet<Long> unloaded,
    SortedSet<String> paused) {

  /** Nothing held, nothing unloaded. */
  public static final Holdings NONE =
      new Holdings(
          new TreeMap<>(), new TreeSet<>(), new TreeSet<>(), new TreeSet<>(), new TreeSet<>());

  public Holdings {
    labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
    pins = Collections.unmodifiableSortedSet(new TreeSet<>(pins));
    loaded = Collections.unmodifiableSortedSet(new TreeSet<>(loaded));
    unloaded = Collections.unmodifiableSortedSet(new TreeSet<>(unloaded));
    paused = Collections.unmodifiableSortedSet(new TreeSet<>(paused));
  }

  /** Those of a decision. */
  public static Holdings of(ModelDecision decision) {
    return new Holdings(
        new TreeMap<>(decision.getLabels()),
        new TreeSet<>(decision.getPins()),
        new TreeSet<>(decision.getLoaded()),
        new TreeSet<>(decision.getUnloaded()),
        new TreeSet<>(decision.getPaused()));
  }

  /** The versions to keep loaded. */
  public Set<Long> kept() {
    Set<Long> kept = new TreeSet<>(pins);
    kept.addAll(labels.values());
    kept.addAll(loaded);
    return kept;
  }

  /** The versions that users have loaded, pinned or labelled since, whoever kept them before. */
  public Set<Long> askedForSince(Holdings before) {
    Set<Long> asked = new TreeSet<>();
    Stream.concat(
            pins.stream().filter(version -> !before.pins.contains(version)),
            loaded.stream().filter(version -> !before.loaded.contains(version)))
        .forEach(asked::add);
    labels.forEach(
        (label, version) -> {
          if (!version.equals(before.labels.get(label))) {
            asked.add(version);
          }
        });
    return asked;
  }

  /** How many there are of the kind of which there are most. */
  int largest() {
    return Stream.of(labels.size(), pins.size(), loaded.size(), unloaded.size(), paused.size())
        .max(Comparator.naturalOrder())
        .orElseThrow();
  }

  /** The labels that point at a version. */
  List<String> labelsOf(long version) {
    return labels.entrySet().stream()
        .filter(label -> label.getValue() == version)
        .map(Map.Entry::getKey)
        .toList();
  }

  Holdings pin(long version) {
    return new Holdings(labels, with(pins, version), loaded, without(unloaded, version), paused);
  }

  Holdings unpin(long version) {
    return new Holdings(labels, without(pins, version), loaded, unloaded, paused);
  }

  Holdings load(long version) {
    return new Holdings(labels, pins, with(loaded, version), without(unloaded, version), paused);
  }

  Holdings unload(long version) {
    return new Holdings(labels, pins, without(loaded, version), with(unloaded, version), paused);
  }

  /** Without what was unloaded and is not there any more: no version policy would load it. */
  Holdings forgetUnloaded(LongPredicate isGone) {
    SortedSet<Long> next = new TreeSet<>(unloaded);
    next.removeIf(isGone::test);
    return new Holdings(labels, pins, loaded, next, paused);
  }

  /** With the label on that version, wherever it was before. */
  Holdings label(String label, long version) {
    SortedMap<String, Long> next = new TreeMap<>(labels);
    next.put(label, version);
    return new Holdings(next, pins, loaded, without(unloaded, version), paused);
  }

  Holdings unlabel(String label) {
    SortedMap<String, Long> next = new TreeMap<>(labels);
    next.remove(label);
    return new Holdings(next, pins, loaded, unloaded, paused);
  }

  /** After a version has become the active one: it is not unloaded any longer. */
  Holdings served(long version) {
    return new Holdings(labels, pins, loaded, without(unloaded, version), paused);
  }

  Holdings pause(String pipeline) {
    return new Holdings(labels, pins, loaded, unloaded, with(paused, pipeline));
  }

  Holdings resume(String pipeline) {
    return new Holdings(labels, pins, loaded, unloaded, without(paused, pipeline));
  }

  private static <T> SortedSet<T> with(SortedSet<T> all, T one) {
    SortedSet<T> next = new TreeSet<>(all);
    next.add(one);
    return next;
  }

  private static <T> SortedSet<T> without(SortedSet<T> all, T one) {
    SortedSet<T> next = new TreeSet<>(all);
    next.remove(one);
    return next;
  }
}

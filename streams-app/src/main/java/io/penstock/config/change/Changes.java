package io.penstock.config.change;

import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;

/** What becomes of the parts of one kind, by their names. Each is in one of the four. Immutable. */
public record Changes(
    SortedSet<String> added,
    SortedSet<String> changed,
    SortedSet<String> removed,
    SortedSet<String> unchanged) {

  public Changes {
    added = copy(added);
    changed = copy(changed);
    removed = copy(removed);
    unchanged = copy(unchanged);
  }

  /**
   * Of parts before and after.
   *
   * @param differs of a part that is in both, whether it is another
   */
  static Changes between(Map<String, ?> before, Map<String, ?> after, Predicate<String> differs) {
    SortedSet<String> changed = new TreeSet<>();
    SortedSet<String> unchanged = new TreeSet<>();
    for (String name : before.keySet()) {
      if (after.containsKey(name)) {
        (differs.test(name) ? changed : unchanged).add(name);
      }
    }
    return new Changes(
        without(after.keySet(), before.keySet()),
        changed,
        without(before.keySet(), after.keySet()),
        unchanged);
  }

  private static SortedSet<String> without(Set<String> names, Set<String> others) {
    SortedSet<String> rest = new TreeSet<>(names);
    rest.removeAll(others);
    return rest;
  }

  private static SortedSet<String> copy(SortedSet<String> names) {
    return Collections.unmodifiableSortedSet(new TreeSet<>(names));
  }

  /** Whether all stays as it is. */
  public boolean isEmpty() {
    return added.isEmpty() && changed.isEmpty() && removed.isEmpty();
  }

  /** What there is now and will not be: the removed, and the changed as they are now. */
  public SortedSet<String> leaving() {
    return union(removed, changed);
  }

  /** What there is not yet: the added, and the changed as they will be. */
  public SortedSet<String> coming() {
    return union(added, changed);
  }

  private static SortedSet<String> union(Set<String> some, Set<String> others) {
    SortedSet<String> all = new TreeSet<>(some);
    all.addAll(others);
    return all;
  }

  /** As the log has it. */
  @Override
  public String toString() {
    return "added=%s changed=%s removed=%s unchanged=%s"
        .formatted(added, changed, removed, unchanged);
  }
}

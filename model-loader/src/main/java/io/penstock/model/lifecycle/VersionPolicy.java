package io.penstock.model.lifecycle;

import java.util.Collections;
import java.util.Comparator;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Which of the versions that a source aspires to are to be loaded, by TensorFlow Serving's names
 * ({@code ServableVersionPolicy}).
 */
public sealed interface VersionPolicy {

  /** The versions to be loaded. */
  SortedSet<Long> select(Set<Long> aspired);

  /** Whether a version may serve without a user's asking for that very one. */
  default boolean allows(long version) {
    return true;
  }

  /** The {@code count} highest. */
  record Latest(int count) implements VersionPolicy {

    public Latest {
      if (count < 1) {
        throw new IllegalArgumentException("count: " + count + " (expected: 1 or more)");
      }
    }

    @Override
    public SortedSet<Long> select(Set<Long> aspired) {
      return aspired.stream()
          .sorted(Comparator.reverseOrder())
          .limit(count)
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  /** All of them. */
  record All() implements VersionPolicy {

    @Override
    public SortedSet<Long> select(Set<Long> aspired) {
      return new TreeSet<>(aspired);
    }
  }

  /** Those of the given numbers that are there. */
  record Specific(SortedSet<Long> versions) implements VersionPolicy {

    public Specific {
      if (versions.isEmpty()) {
        throw new IllegalArgumentException("versions: none (expected: 1 or more)");
      }
      versions = Collections.unmodifiableSortedSet(new TreeSet<>(versions));
    }

    @Override
    public SortedSet<Long> select(Set<Long> aspired) {
      SortedSet<Long> selected = new TreeSet<>(versions);
      selected.retainAll(aspired);
      return selected;
    }

    @Override
    public boolean allows(long version) {
      return versions.contains(version);
    }
  }
}

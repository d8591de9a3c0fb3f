package io.penstock.model.source;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What one scan of a source found. */
public sealed interface SourceReport {

  /** Whether there is a version of that number, complete or not. */
  boolean contains(long version);

  /** The versions that are there, for a message: {@code 1, 2, 3 (its files still change)}. */
  String describe();

  /**
   * The source could be read and has versions.
   *
   * @param versions those that are complete: the aspired set
   * @param pending those that are not yet, with what they wait for
   */
  record Aspired(SortedMap<Long, AspiredVersion> versions, SortedMap<Long, String> pending)
      implements SourceReport {

    public Aspired {
      versions = Collections.unmodifiableSortedMap(new TreeMap<>(versions));
      pending = Collections.unmodifiableSortedMap(new TreeMap<>(pending));
    }

    /** This, but for a version that is not complete, for that reason, with those files. */
    public Aspired withdraw(AspiredVersion files, String reason) {
      SortedMap<Long, AspiredVersion> complete = new TreeMap<>(versions);
      SortedMap<Long, String> incomplete = new TreeMap<>(pending);
      if (complete.remove(files.version(), files)) {
        incomplete.put(files.version(), reason);
      }
      return new Aspired(complete, incomplete);
    }

    @Override
    public boolean contains(long version) {
      return versions.containsKey(version) || pending.containsKey(version);
    }

    @Override
    public String describe() {
      TreeSet<Long> all = new TreeSet<>(versions.keySet());
      all.addAll(pending.keySet());
      return all.stream().map(this::describe).collect(Collectors.joining(", "));
    }

    private String describe(long version) {
      String reason = pending.get(version);
      return reason == null ? Long.toString(version) : version + " (" + reason + ")";
    }
  }

  /**
   * The source could not be read, or is empty. That says nothing about what it aspires to: whatever
   * serves goes on serving.
   *
   * @param reason what is wrong and what to do about it
   */
  record Unavailable(String reason) implements SourceReport {

    @Override
    public boolean contains(long version) {
      return false;
    }

    @Override
    public String describe() {
      return "none";
    }
  }
}

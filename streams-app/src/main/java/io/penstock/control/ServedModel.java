package io.penstock.control;

import io.penstock.schemas.VersionStatus;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A model as one instance serves it. Immutable.
 *
 * @param automatic whether a newer version is proposed as soon as it is aspired ({@code promotion:
 *     automatic}), or left to a command
 * @param aspired the versions that its source wants loaded
 * @param versions what became of each version
 */
public record ServedModel(
    boolean automatic, SortedSet<Long> aspired, List<VersionStatus> versions) {

  public ServedModel {
    aspired = Collections.unmodifiableSortedSet(new TreeSet<>(aspired));
    versions = List.copyOf(versions);
  }
}

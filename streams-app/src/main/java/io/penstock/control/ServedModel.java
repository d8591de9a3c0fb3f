package io.penstock.control;

import io.penstock.schemas.VersionStatus;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A model as one instance serves it. Immutable.
 *
 * @param automatic whether a newer version is proposed as soon as it is aspired ({@code promotion:
 *     automatic}), or left to a command
 * @param aspired every version that its source has, complete, with what stands for the state of its
 *     files
 * @param versions what became of each version
 * @param broken versions whose runs fail here and that are to be rolled back from while they are
 *     active ({@code on-model-failure: roll-back}), with the reason for each
 */
public record ServedModel(
    boolean automatic,
    SortedMap<Long, String> aspired,
    List<VersionStatus> versions,
    SortedMap<Long, String> broken) {

  public ServedModel {
    aspired = Collections.unmodifiableSortedMap(new TreeMap<>(aspired));
    versions = List.copyOf(versions);
    broken = Collections.unmodifiableSortedMap(new TreeMap<>(broken));
  }
}

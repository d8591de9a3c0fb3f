package io.penstock.control;

import io.penstock.schemas.PipelineStatus;
import io.penstock.schemas.VersionState;
import io.penstock.schemas.VersionStatus;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A model as one instance serves it. Immutable.
 *
 * @param automatic whether a newer version is proposed as soon as it is aspired ({@code promotion:
 *     automatic}), or left to a command
 * @param aspired every version that its source has, complete, with what stands for the state of its
 *     files
 * @param versions what became of each version, and what it waits for or failed of
 * @param broken versions whose runs fail here and that are to be rolled back from while they are
 *     active ({@code on-model-failure: roll-back}), with the reason for each
 * @param pipelines the pipelines that compute with it
 */
public record ServedModel(
    boolean automatic,
    SortedMap<Long, String> aspired,
    List<VersionStatus> versions,
    SortedMap<Long, String> broken,
    List<PipelineStatus> pipelines) {

  public ServedModel {
    aspired = Collections.unmodifiableSortedMap(new TreeMap<>(aspired));
    versions = List.copyOf(versions);
    broken = Collections.unmodifiableSortedMap(new TreeMap<>(broken));
    pipelines = List.copyOf(pipelines);
  }

  /** Whether a version is loaded here and fit to serve. */
  boolean isAvailable(long version) {
    return status(version)
        .filter(status -> status.getState() == VersionState.AVAILABLE)
        .isPresent();
  }

  /** Whether something is known here that has kept a version from being loaded. */
  boolean isKeptFromLoading(long version) {
    return status(version).filter(status -> status.getError() != null).isPresent();
  }

  private Optional<VersionStatus> status(long version) {
    return versions.stream().filter(status -> status.getVersion() == version).findFirst();
  }
}

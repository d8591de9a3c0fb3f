package io.penstock.control;

import io.penstock.schemas.GivenUp;
import io.penstock.schemas.ModelDecision;
import io.penstock.schemas.Phase;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The versions of one model that failed in sight of this process. Not thread-safe: the control
 * thread's.
 *
 * <p>A failure counts until the version's files here change: somebody may have mended it. For the
 * same reason what failed before this process started does not count.
 */
final class FailedVersions {

  private final long endedAtStart;
  private final Map<Long, Failure> failures = new HashMap<>();

  /**
   * None yet.
   *
   * @param atStart the decision that this process found when it started
   */
  FailedVersions(Optional<ModelDecision> atStart) {
    // A preparation that this process finds ends in its sight.
    endedAtStart =
        atStart
            .map(
                found ->
                    found.getPhase() == Phase.PREPARE ? found.getEpoch() - 1 : found.getEpoch())
            .orElse(Hearing.NONE);
  }

  /** Takes note of what the newest decision says was given up, and of its files as they are now. */
  void note(ModelDecision decision, SortedMap<Long, String> aspired) {
    for (GivenUp givenUp : decision.getGivenUp()) {
      long version = givenUp.getVersion();
      Failure known = failures.get(version);
      long since = known == null ? endedAtStart : known.epoch();
      if (givenUp.getEpoch() > since) {
        failures.put(version, new Failure(givenUp.getEpoch(), aspired.get(version)));
      }
    }
  }

  /** Those whose files are what they were when they failed. */
  Set<Long> among(SortedMap<Long, String> aspired) {
    return failures.entrySet().stream()
        .filter(entry -> Objects.equals(entry.getValue().files(), aspired.get(entry.getKey())))
        .map(Map.Entry::getKey)
        .collect(Collectors.toUnmodifiableSet());
  }

  private record Failure(long epoch, @Nullable String files) {}
}

package io.penstock.control;

import io.penstock.schemas.GivenUp;
import io.penstock.schemas.ModelDecision;
import io.penstock.schemas.Phase;
import io.penstock.schemas.TimelineEntry;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The versions of one model that failed in sight of this process. Not thread-safe: the control
 * thread's.
 *
 * <p>A failure counts until the version's files here change: somebody may have mended it. For the
 * same reason what failed before this process started does not count. A failure to load here, at
 * all or in time, counts until the version is loaded after all, unless a command has aborted it.
 * What a command aborts while it is still copied here counts for good: its files are not changed
 * but completed. What has served since counts no more.
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

  /** Takes note of what the newest decision says was given up, and of how it is here now. */
  void note(ModelDecision decision, ServedModel served) {
    for (TimelineEntry activated : decision.getTimeline()) {
      Failure known = failures.get(activated.getVersion());
      if (known != null && activated.getEpoch() > known.epoch()) {
        failures.remove(activated.getVersion());
      }
    }
    for (GivenUp givenUp : decision.getGivenUp()) {
      long version = givenUp.getVersion();
      Failure known = failures.get(version);
      long since = known == null ? endedAtStart : known.epoch();
      if (givenUp.getEpoch() > since) {
        failures.put(
            version,
            new Failure(
                givenUp.getEpoch(),
                served.aspired().get(version),
                isFailureToLoad(decision, version, served),
                Promotion.isAbortedByCommand(decision, version)));
      }
    }
  }

  private static boolean isFailureToLoad(ModelDecision decision, long version, ServedModel served) {
    return Promotion.hasFailed(decision, version)
        && !served.isAvailable(version)
        && (served.isKeptFromLoading(version) || Promotion.isOverdue(decision));
  }

  /** Those that are not worth another try. */
  Set<Long> among(ServedModel served) {
    return versions((version, failure) -> !hasPassed(failure, version, served));
  }

  /** Those that are, and are loaded here. */
  Set<Long> mended(ServedModel served) {
    return versions(
        (version, failure) -> hasPassed(failure, version, served) && served.isAvailable(version));
  }

  private static boolean hasPassed(Failure failure, long version, ServedModel served) {
    return hasChanged(failure, served.aspired().get(version))
        || (failure.ofLoading() && served.isAvailable(version));
  }

  private static boolean hasChanged(Failure failure, @Nullable String files) {
    boolean isToBeCompleted = failure.byCommand() && failure.files() == null;
    return !isToBeCompleted && !Objects.equals(failure.files(), files);
  }

  private Set<Long> versions(BiPredicate<Long, Failure> which) {
    return failures.entrySet().stream()
        .filter(entry -> which.test(entry.getKey(), entry.getValue()))
        .map(Map.Entry::getKey)
        .collect(Collectors.toUnmodifiableSet());
  }

  /**
   * How a version was when it was given up.
   *
   * @param files what stood for the state of its files here; null if they were not complete
   * @param ofLoading whether it was not loaded here, and that may have been why
   * @param byCommand whether somebody said so
   */
  private record Failure(
      long epoch, @Nullable String files, boolean ofLoading, boolean byCommand) {}
}

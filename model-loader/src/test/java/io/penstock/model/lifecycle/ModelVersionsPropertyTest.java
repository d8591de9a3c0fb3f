package io.penstock.model.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.model.ModelException;
import io.penstock.model.RetriableModelException;
import io.penstock.model.ServableId;
import io.penstock.model.ServableVersion;
import io.penstock.model.fitness.Fitness;
import io.penstock.model.source.AspiredVersion;
import io.penstock.model.source.SourceReport;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever happens in whatever order, what serves goes on serving. */
final class ModelVersionsPropertyTest {

  private static final Path BASE = Path.of("models", "digits");
  private static final int VERSIONS = 4;

  /** Loads and unloads that have been ordered and not answered. */
  private static final class OpenWork implements ModelVersions.Work {

    final List<Long> loads = new ArrayList<>();
    final Map<Long, AspiredVersion> files = new HashMap<>();
    final List<Long> unloads = new ArrayList<>();
    final List<Runnable> later = new ArrayList<>();

    @Override
    public void load(ServableId id, AspiredVersion version) {
      loads.add(id.version());
      files.put(id.version(), version);
    }

    @Override
    public void unload(long version) {
      unloads.add(version);
    }

    @Override
    public void wanted(Set<Long> versions) {}

    @Override
    public void later(Duration delay, Runnable event) {
      later.add(event);
    }

    @Override
    public void changed(VersionStatus status) {}
  }

  private final OpenWork work = new OpenWork();
  private ModelVersions versions = versions(Transition.AVAILABILITY_PRESERVING);
  private final List<CompletableFuture<ServableVersion>> futures = new ArrayList<>();
  private Set<Long> retained = Set.of();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void shouldNeverUnloadWhatIsRetainedWhenResourcesCountMost(long seed) {
    // given
    versions = versions(Transition.RESOURCE_PRESERVING);
    Random random = new Random(seed);
    for (int step = 0; step < 2_000; step++) {
      String where = "seed " + seed + ", step " + step;
      Set<Long> before = available();
      int unloading = work.unloads.size();
      int loads = work.loads.size();

      // when
      happen(random);

      // then
      before.retainAll(retained);
      assertThat(available()).as(where).containsAll(before);
      assertThat(work.loads.size() <= loads || work.unloads.isEmpty())
          .as("%s: nothing is loaded while %d unload", where, unloading)
          .isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void shouldNeverStopServing(long seed) {
    // given
    Random random = new Random(seed);
    for (int step = 0; step < 2_000; step++) {
      String where = "seed " + seed + ", step " + step;
      Set<Long> before = available();

      // when
      happen(random);

      // then
      Set<Long> after = available();
      assertThat(before.isEmpty() || !after.isEmpty()).as(where).isTrue();
      before.retainAll(retained);
      assertThat(after).as(where).containsAll(before);
      assertThat(work.loads).as(where).hasSizeLessThanOrEqualTo(1);
    }

    // and when everything is told to end
    versions.stop();
    while (!work.loads.isEmpty() || !work.unloads.isEmpty()) {
      answer(random);
    }

    // then nobody is left waiting
    assertThat(versions.isTerminated()).isTrue();
    assertThat(futures).allSatisfy(future -> assertThat(future).isDone());
  }

  private ModelVersions versions(Transition transition) {
    ModelSettings settings =
        new ModelSettings(
            "digits",
            BASE,
            Duration.ofSeconds(1),
            new VersionPolicy.Latest(1),
            transition,
            new LoadRetries(1, Duration.ofSeconds(1)),
            Fitness.of(Set.of(ModelSettings.DEFAULT_SIGNATURE), Set.of(1)),
            Duration.ofMinutes(1),
            Duration.ofSeconds(30));
    return new ModelVersions(settings, () -> Instant.EPOCH, work);
  }

  private void happen(Random random) {
    switch (random.nextInt(7)) {
      case 0 -> versions.reported(report(random));
      case 1 -> {
        retained = subset(random);
        versions.retain(retained);
      }
      case 2 -> {
        CompletableFuture<ServableVersion> future = new CompletableFuture<>();
        long version = random.nextInt(VERSIONS);
        futures.add(future);
        versions.await(version, future);
        if (random.nextInt(4) == 0 && future.cancel(false)) {
          versions.forsake(version, future);
        }
      }
      default -> answer(random);
    }
  }

  private void answer(Random random) {
    if (!work.loads.isEmpty() && random.nextBoolean()) {
      long version = work.loads.remove(0);
      switch (random.nextInt(8)) {
        case 0 -> versions.failed(version, new ModelException("broken"));
        case 1 -> versions.failed(version, new RetriableModelException("not now"));
        case 2 -> {
          versions.postponed(version, new ModelException("no room"));
          work.later.add(() -> versions.roomMade(version));
        }
        case 3 -> {
          versions.hung(version, new RetriableModelException("does not come back"));
          work.later.add(() -> versions.cameBack(version));
        }
        case 4 ->
            versions.changed(
                Objects.requireNonNull(work.files.get(version)), new ModelException("changed"));
        default -> versions.loaded(version, new FakeModel(new ServableId("digits", version)));
      }
    } else if (!work.later.isEmpty() && random.nextBoolean()) {
      work.later.remove(random.nextInt(work.later.size())).run();
    } else if (!work.unloads.isEmpty()) {
      versions.closed(work.unloads.remove(random.nextInt(work.unloads.size())));
    }
  }

  private static SourceReport report(Random random) {
    if (random.nextInt(5) == 0) {
      return new SourceReport.Unavailable("cannot be read");
    }
    SortedMap<Long, AspiredVersion> aspired = new TreeMap<>();
    SortedMap<Long, String> pending = new TreeMap<>();
    for (long version : subset(random)) {
      if (random.nextInt(3) == 0) {
        pending.put(version, "it is being copied");
      } else {
        aspired.put(version, new AspiredVersion(version, BASE, "revision " + random.nextInt(2)));
      }
    }
    return new SourceReport.Aspired(aspired, pending);
  }

  private static Set<Long> subset(Random random) {
    Set<Long> subset = new HashSet<>();
    for (long version = 0; version < VERSIONS; version++) {
      if (random.nextBoolean()) {
        subset.add(version);
      }
    }
    return subset;
  }

  private Set<Long> available() {
    Set<Long> available = new HashSet<>();
    versions
        .statuses()
        .forEach(
            (version, status) -> {
              if (status.state() == VersionState.AVAILABLE) {
                available.add(version);
              }
            });
    return available;
  }
}

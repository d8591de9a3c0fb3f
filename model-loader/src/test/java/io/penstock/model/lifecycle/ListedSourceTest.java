package io.penstock.model.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.model.Lease;
import io.penstock.model.fitness.Fitness;
import io.penstock.model.source.AspiredVersion;
import io.penstock.model.source.ModelSource;
import io.penstock.model.source.SourceReport;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A model's runtime on a source that is no directory: the interface is enough. */
@Timeout(60)
final class ListedSourceTest {

  /**
   * Serves from a list of versions, each in whatever folder it is: what a model registry or the
   * cache of an object store comes to.
   */
  private static final class ListedSource implements ModelSource {

    private final AtomicReference<Map<Long, Path>> list = new AtomicReference<>(Map.of());
    private Map<Long, Path> reported = Map.of();

    void publish(Map<Long, Path> versions) {
      list.set(Map.copyOf(versions));
    }

    @Override
    public SourceReport scan() {
      reported = list.get();
      if (reported.isEmpty()) {
        return new SourceReport.Unavailable("The list is empty.");
      }
      SortedMap<Long, AspiredVersion> versions = new TreeMap<>();
      reported.forEach(
          (version, folder) ->
              versions.put(version, new AspiredVersion(version, folder, folder.toString())));
      return new SourceReport.Aspired(versions, new TreeMap<>());
    }

    @Override
    public boolean mayHaveChanged() {
      return !reported.equals(list.get());
    }
  }

  /**
   * Serves from an object store: fetches what is wanted into a folder, and removes what is not. A
   * version is complete once it is fetched.
   */
  private static final class FetchedSource implements ModelSource {

    private final Path cache;
    private final Set<Long> published;
    private final Set<Long> fetched = new ConcurrentSkipListSet<>();
    private volatile boolean told;

    FetchedSource(Path cache, Set<Long> published) {
      this.cache = cache;
      this.published = published;
    }

    @Override
    public void wanted(Set<Long> versions) {
      fetched.retainAll(versions);
      versions.stream().filter(published::contains).forEach(fetched::add);
      told = true;
    }

    @Override
    public boolean mayHaveChanged() {
      return told;
    }

    @Override
    public SourceReport scan() {
      told = false;
      SortedMap<Long, AspiredVersion> complete = new TreeMap<>();
      SortedMap<Long, String> pending = new TreeMap<>();
      for (long version : published) {
        if (fetched.contains(version)) {
          complete.put(version, new AspiredVersion(version, cache, "published " + version));
        } else {
          pending.put(version, "it is fetched when it is wanted");
        }
      }
      return new SourceReport.Aspired(complete, pending);
    }
  }

  @TempDir private Path cache;

  @Test
  void shouldHaveASourceFetchWhatIsWantedAndNothingElse() throws Exception {
    // given a store with three versions, of which the newest is to serve
    FetchedSource source = new FetchedSource(cache, Set.of(1L, 2L, 3L));
    try (ModelRuntime runtime =
        new ModelRuntime(
            settings(new VersionPolicy.Latest(1)),
            source,
            (id, directory, signatures) -> new FakeModel(id),
            InstantSource.system())) {
      runtime.start();
      runtime.whenAvailable(3).get(30, TimeUnit.SECONDS);
      assertThat(source.fetched).containsOnly(3L);

      // when an older one is promoted
      runtime.retain(Set.of(1L));
      runtime.whenAvailable(1).get(30, TimeUnit.SECONDS);

      // then
      assertThat(source.fetched).containsOnly(1L, 3L);

      // when it is abandoned
      runtime.retain(Set.of());

      // then
      while (!source.fetched.equals(Set.of(3L))) {
        Thread.onSpinWait();
      }
    }
  }

  private static ModelSettings settings(VersionPolicy versions) {
    return new ModelSettings(
        "digits",
        Path.of("a list"),
        Duration.ofDays(1),
        versions,
        Transition.AVAILABILITY_PRESERVING,
        LoadRetries.NONE,
        Fitness.of(Set.of(ModelSettings.DEFAULT_SIGNATURE), Set.of(1)),
        Duration.ofMinutes(1),
        Duration.ofSeconds(30));
  }

  @Test
  void shouldServeFromAList() throws Exception {
    // given polls that come too late for this test
    ListedSource source = new ListedSource();
    AtomicReference<Path> loadedFrom = new AtomicReference<>();
    try (ModelRuntime runtime =
        new ModelRuntime(
            settings(new VersionPolicy.All()),
            source,
            (id, directory, signatures) -> {
              loadedFrom.set(directory);
              return new FakeModel(id);
            },
            InstantSource.system())) {
      runtime.start();

      // when a version is put on the list while nobody asks
      source.publish(Map.of(7L, cache));
      while (runtime.acquire(7).map(ListedSourceTest::giveBack).isEmpty()) {
        Thread.onSpinWait();
      }

      // then
      assertThat(loadedFrom).hasValue(cache);

      // when the list is lost
      source.publish(Map.of());

      // then
      assertThat(runtime.whenAvailable(7).toCompletableFuture().get(30, TimeUnit.SECONDS).id())
          .hasToString("digits/7");
    }
  }

  private static boolean giveBack(Lease lease) {
    lease.close();
    return true;
  }
}

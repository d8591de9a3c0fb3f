package io.penstock.model.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.model.Lease;
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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

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

  @Test
  void shouldServeFromAList() throws Exception {
    // given polls that come too late for this test
    ListedSource source = new ListedSource();
    AtomicReference<Path> loadedFrom = new AtomicReference<>();
    ModelSettings settings =
        new ModelSettings(
            "digits",
            Path.of("a list"),
            Duration.ofDays(1),
            new VersionPolicy.All(),
            Transition.AVAILABILITY_PRESERVING,
            LoadRetries.NONE,
            Set.of(ModelSettings.DEFAULT_SIGNATURE),
            Set.of(1),
            Duration.ofMinutes(1),
            Duration.ofSeconds(30));
    try (ModelRuntime runtime =
        new ModelRuntime(
            settings,
            source,
            (id, directory, signatures) -> {
              loadedFrom.set(directory);
              return new FakeModel(id);
            },
            InstantSource.system())) {
      runtime.start();

      // when a version is put on the list while nobody asks
      source.publish(Map.of(7L, Path.of("cache", "digits-7")));
      while (runtime.acquire(7).map(ListedSourceTest::giveBack).isEmpty()) {
        Thread.onSpinWait();
      }

      // then
      assertThat(loadedFrom).hasValue(Path.of("cache", "digits-7"));

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

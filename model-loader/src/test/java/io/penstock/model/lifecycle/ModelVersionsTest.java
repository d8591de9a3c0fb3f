package io.penstock.model.lifecycle;

import static io.penstock.model.lifecycle.VersionState.AVAILABLE;
import static io.penstock.model.lifecycle.VersionState.END;
import static io.penstock.model.lifecycle.VersionState.LOADING;
import static io.penstock.model.lifecycle.VersionState.START;
import static io.penstock.model.lifecycle.VersionState.UNLOADING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.model.ModelException;
import io.penstock.model.ServableId;
import io.penstock.model.ServableVersion;
import io.penstock.model.source.AspiredVersion;
import io.penstock.model.source.SourceReport;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class ModelVersionsTest {

  private static final Path BASE = Path.of("models", "digits");

  private final ModelException broken = new ModelException("digits is broken");
  private final RecordedWork work = new RecordedWork();
  private final ModelVersions versions = versions(new VersionPolicy.Latest(1), LoadRetries.NONE);

  @Test
  void shouldLoadTheLatestVersionAndReplaceItByALaterOne() {
    // given
    versions.reported(found(1, 2));
    assertThat(work.orders).containsExactly("load 2");
    versions.loaded(2, model(2));

    // when
    versions.reported(found(1, 2, 3));
    assertThat(work.orders).containsExactly("load 2", "load 3");
    versions.loaded(3, model(3));

    // then
    assertThat(work.orders).containsExactly("load 2", "load 3", "unload 2");
    versions.closed(2);
    assertThat(states()).isEqualTo(Map.of(2L, END, 3L, AVAILABLE));
    assertThat(work.transitions)
        .containsExactly(
            "digits/2 START",
            "digits/2 LOADING",
            "digits/2 AVAILABLE",
            "digits/3 START",
            "digits/3 LOADING",
            "digits/3 AVAILABLE",
            "digits/2 UNLOADING",
            "digits/2 END");
  }

  @Test
  void shouldSayWhatThereIsWhateverThePolicyWants() {
    versions.reported(found(1, 2));
    versions.reported(new SourceReport.Unavailable("not mounted"));

    assertThat(versions.aspired()).containsOnlyKeys(1L, 2L);
    assertThat(states()).containsOnlyKeys(2L);
  }

  @Test
  void shouldNameOnlyThoseThatThePolicyLetsServe() {
    ModelVersions specific =
        versions(new VersionPolicy.Specific(new TreeSet<>(Set.of(1L, 7L))), LoadRetries.NONE);

    specific.reported(found(1, 2));

    assertThat(specific.aspired()).containsOnlyKeys(1L);
    assertThat(work.orders).containsExactly("load 1");
  }

  @Test
  void shouldTryAFailedLoadAgainBeforeTheVersionHasFailed() {
    // given
    ModelVersions retrying =
        versions(new VersionPolicy.All(), new LoadRetries(1, Duration.ofSeconds(60)));
    CompletableFuture<ServableVersion> future = new CompletableFuture<>();
    retrying.reported(found(1, 2));
    retrying.await(2, future);

    // when
    assertThat(retrying.failed(2, broken)).isTrue();

    // then another loads meanwhile, and nobody is told
    assertThat(work.orders).containsExactly("load 2", "load 1");
    assertThat(retrying.statuses().get(2L))
        .isEqualTo(
            new VersionStatus(
                new ServableId("digits", 2),
                START,
                Instant.EPOCH,
                Optional.of("digits is broken")));
    retrying.reported(found(1, 2));
    retrying.loaded(1, model(1));
    assertThat(future).isNotDone();
    assertThat(work.orders).hasSize(2);

    // when the rest is over, and the load fails again
    assertThat(work.delays).containsExactly(Duration.ofSeconds(60));
    work.later.remove().run();
    assertThat(work.orders).containsExactly("load 2", "load 1", "load 2");
    assertThat(retrying.failed(2, broken)).isFalse();

    // then
    assertThatThrownBy(future::join).hasCause(broken);
    assertThat(work.later).isEmpty();
  }

  @Test
  void shouldTryAgainAtOnceWhenSomebodyAsksOrTheFilesChange() {
    // given
    ModelVersions retrying =
        versions(new VersionPolicy.All(), new LoadRetries(5, Duration.ofHours(1)));
    retrying.reported(found(1));
    retrying.failed(1, broken);

    // when, then
    retrying.await(1, new CompletableFuture<>());
    assertThat(work.orders).containsExactly("load 1", "load 1");

    // when, then
    retrying.failed(1, broken);
    retrying.reported(new SourceReport.Aspired(aspired("changed", 1), new TreeMap<>()));
    assertThat(work.orders).containsExactly("load 1", "load 1", "load 1");
    retrying.loaded(1, model(1));

    // and rests that end too late change nothing
    work.later.forEach(Runnable::run);
    assertThat(work.orders).hasSize(3);
  }

  @Test
  void shouldKeepWhatIsRetainedAndLoadItFirst() {
    // given
    versions.retain(Set.of(1L));

    // when
    versions.reported(found(1, 2));
    versions.loaded(1, model(1));
    versions.loaded(2, model(2));

    // then
    assertThat(work.orders).containsExactly("load 1", "load 2");
    assertThat(states()).isEqualTo(Map.of(1L, AVAILABLE, 2L, AVAILABLE));

    // when it is retained no longer
    versions.retain(Set.of(2L));

    // then
    assertThat(states()).containsEntry(1L, UNLOADING);
  }

  @Test
  void shouldKeepServingWhenALaterVersionFails() {
    // given
    versions.reported(found(1));
    versions.loaded(1, model(1));
    versions.reported(found(1, 2));

    // when
    versions.failed(2, broken);
    versions.reported(found(1, 2));

    // then
    assertThat(states()).isEqualTo(Map.of(1L, AVAILABLE, 2L, END));
    assertThat(error(2)).contains("digits is broken");
    assertThat(work.orders).containsExactly("load 1", "load 2");
  }

  @Test
  void shouldTryAFailedVersionAgainOnceItsFilesHaveChanged() {
    // given
    versions.reported(found(1));
    versions.failed(1, broken);

    // when
    versions.reported(new SourceReport.Aspired(aspired("changed", 1), new TreeMap<>()));

    // then
    assertThat(work.orders).containsExactly("load 1", "load 1");
    assertThat(error(1)).isEmpty();
  }

  @Test
  void shouldTryAFailedVersionAgainWhenSomebodyAsks() {
    // given
    versions.reported(found(1));
    versions.failed(1, broken);

    // when
    CompletableFuture<ServableVersion> future = await(1);

    // then
    assertThat(work.orders).containsExactly("load 1", "load 1");
    assertThat(future).isNotDone();
    FakeModel model = model(1);
    versions.loaded(1, model);
    assertThat(future).isCompletedWithValue(model);
  }

  @Test
  void shouldTellEverybodyWhoWaitsWhyALoadFailed() {
    // given
    versions.reported(found(1));
    CompletableFuture<ServableVersion> one = await(1);
    CompletableFuture<ServableVersion> other = await(1);

    // when
    versions.failed(1, broken);

    // then
    assertThatThrownBy(one::join).hasCause(broken);
    assertThatThrownBy(other::join).hasCause(broken);
  }

  @Test
  void shouldSayWhichVersionsThereAreWhenOneIsNot() {
    // given
    versions.reported(
        new SourceReport.Aspired(aspired("r", 1, 2), new TreeMap<>(Map.of(4L, "it is copied"))));

    // when
    CompletableFuture<ServableVersion> future = await(3);

    // then
    assertThatThrownBy(future::join)
        .cause()
        .isInstanceOf(ModelException.class)
        .hasMessage(
            "No version 3 of servable digits found under base path %s (found: 1, 2, 4 (it is copied)). Copy it there, or ask for one that is there."
                .formatted(BASE));
  }

  @Test
  void shouldSayWhyTheSourceIsUnavailable() {
    // given
    versions.reported(new SourceReport.Unavailable("Could not find base path."));

    // when, then
    assertThatThrownBy(await(3)::join).cause().hasMessage("Could not find base path.");
  }

  @Test
  void shouldWaitForAVersionThatIsStillCopiedAndLoadItWhateverThePolicySays() {
    // given
    versions.reported(
        new SourceReport.Aspired(aspired("r", 5), new TreeMap<>(Map.of(4L, "it is copied"))));
    versions.loaded(5, model(5));
    CompletableFuture<ServableVersion> future = await(4);
    assertThat(future).isNotDone();

    // when
    versions.reported(found(4, 5));
    versions.loaded(4, model(4));

    // then
    assertThat(future).isCompleted();
  }

  @Test
  void shouldNotWaitForACopyThatWasGivenUp() {
    // given
    versions.reported(
        new SourceReport.Aspired(aspired("r", 1), new TreeMap<>(Map.of(4L, "it is copied"))));
    CompletableFuture<ServableVersion> future = await(4);

    // when
    versions.reported(found(1));

    // then
    assertThat(future).isCompletedExceptionally();
  }

  @Test
  void shouldReloadAVersionThatIsAskedForWhileItUnloads() {
    // given
    versions.reported(found(1));
    versions.loaded(1, model(1));
    versions.reported(found(1, 2));
    versions.loaded(2, model(2));
    assertThat(states()).containsEntry(1L, UNLOADING);

    // when
    CompletableFuture<ServableVersion> future = await(1);
    versions.closed(1);
    versions.loaded(1, model(1));

    // then
    assertThat(future).isCompleted();
    assertThat(work.orders).containsExactly("load 1", "load 2", "unload 1", "load 1", "unload 1");
  }

  @Test
  void shouldUnloadNothingWhenTheBasePathBecomesUnreadableOrEmpty() {
    // given
    versions.reported(found(1, 2));
    versions.loaded(2, model(2));

    // when
    versions.reported(new SourceReport.Unavailable("gone"));
    versions.reported(found());

    // then
    assertThat(states()).isEqualTo(Map.of(2L, AVAILABLE));
    assertThat(work.orders).containsExactly("load 2");
  }

  @Test
  void shouldKeepALoadedVersionWhoseFilesAreBeingChanged() {
    // given
    versions.reported(found(1, 2));
    versions.loaded(2, model(2));

    // when
    versions.reported(
        new SourceReport.Aspired(aspired("r", 1), new TreeMap<>(Map.of(2L, "its files change"))));

    // then
    assertThat(states()).isEqualTo(Map.of(2L, AVAILABLE));
    assertThat(work.orders).containsExactly("load 2");
  }

  @Test
  void shouldForgetAnEndedVersionThatIsTakenAway() {
    // given
    versions.reported(found(1, 2));
    versions.failed(2, broken);
    assertThat(states()).isEqualTo(Map.of(2L, END));

    // when
    versions.reported(found(1));

    // then
    assertThat(states()).isEqualTo(Map.of(1L, LOADING));
  }

  @Test
  void shouldNotLoadAVersionThatIsWantedNoLonger() {
    // given 1 waits for 2 to be loaded
    versions.retain(Set.of(1L, 2L));
    versions.reported(found(1, 2));
    assertThat(states()).isEqualTo(Map.of(1L, START, 2L, LOADING));

    // when
    versions.retain(Set.of(2L));
    versions.loaded(2, model(2));

    // then
    assertThat(states()).isEqualTo(Map.of(1L, END, 2L, AVAILABLE));
    assertThat(work.orders).containsExactly("load 2");
  }

  @Test
  void shouldUnloadEverythingWhenItStops() {
    // given
    versions.retain(Set.of(1L, 2L, 3L));
    versions.reported(found(1, 2, 3));
    versions.loaded(3, model(3));
    CompletableFuture<ServableVersion> future = await(2);

    // when
    versions.stop();

    // then
    assertThat(future).isCompletedExceptionally();
    assertThat(states()).isEqualTo(Map.of(1L, END, 2L, LOADING, 3L, UNLOADING));
    versions.closed(3);
    assertThat(versions.isTerminated()).isFalse();
    versions.loaded(2, model(2));
    assertThat(work.orders).endsWith("unload 2");
    versions.closed(2);
    assertThat(versions.isTerminated()).isTrue();
    assertThat(await(1)).isCompletedExceptionally();
  }

  private ModelVersions versions(VersionPolicy policy, LoadRetries retries) {
    ModelSettings settings =
        new ModelSettings(
            "digits",
            BASE,
            Duration.ofSeconds(1),
            policy,
            Transition.AVAILABILITY_PRESERVING,
            retries,
            Set.of(ModelSettings.DEFAULT_SIGNATURE),
            Set.of(1),
            Duration.ofMinutes(1),
            Duration.ofSeconds(30));
    return new ModelVersions(settings, () -> Instant.EPOCH, work);
  }

  private CompletableFuture<ServableVersion> await(long version) {
    CompletableFuture<ServableVersion> future = new CompletableFuture<>();
    versions.await(version, future);
    return future;
  }

  private Optional<String> error(long version) {
    return Objects.requireNonNull(versions.statuses().get(version)).error();
  }

  private Map<Long, VersionState> states() {
    Map<Long, VersionState> states = new HashMap<>();
    versions.statuses().forEach((version, status) -> states.put(version, status.state()));
    return states;
  }

  private static SourceReport found(long... numbers) {
    return new SourceReport.Aspired(aspired("r", numbers), new TreeMap<>());
  }

  private static SortedMap<Long, AspiredVersion> aspired(String revision, long... numbers) {
    SortedMap<Long, AspiredVersion> aspired = new TreeMap<>();
    for (long number : numbers) {
      aspired.put(
          number, new AspiredVersion(number, BASE.resolve(Long.toString(number)), revision));
    }
    return aspired;
  }

  private static FakeModel model(long version) {
    return new FakeModel(new ServableId("digits", version));
  }

  /** Writes orders down instead of carrying them out. */
  private static final class RecordedWork implements ModelVersions.Work {

    final List<String> orders = new ArrayList<>();
    final List<String> transitions = new ArrayList<>();
    final List<Duration> delays = new ArrayList<>();
    final Queue<Runnable> later = new ArrayDeque<>();

    @Override
    public void load(ServableId id, AspiredVersion version) {
      orders.add("load " + id.version());
    }

    @Override
    public void unload(long version) {
      orders.add("unload " + version);
    }

    @Override
    public void later(Duration delay, Runnable event) {
      delays.add(delay);
      later.add(event);
    }

    @Override
    public void changed(VersionStatus status) {
      transitions.add(status.id() + " " + status.state());
    }
  }
}

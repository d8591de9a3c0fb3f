package io.penstock.model.lifecycle;

import static io.penstock.model.lifecycle.VersionState.AVAILABLE;
import static io.penstock.model.lifecycle.VersionState.END;
import static io.penstock.model.lifecycle.VersionState.LOADING;
import static io.penstock.model.lifecycle.VersionState.START;
import static io.penstock.model.lifecycle.VersionState.UNLOADING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
  private final ModelException passing = new RetriableModelException("the volume does not answer");
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
  void shouldTryAFailedLoadAgainBeforeItTellsWhoWaits() {
    // given
    ModelVersions retrying =
        versions(new VersionPolicy.All(), new LoadRetries(1, Duration.ofSeconds(60)));
    CompletableFuture<ServableVersion> future = new CompletableFuture<>();
    retrying.reported(found(1, 2));
    retrying.await(2, future);

    // when
    assertThat(retrying.failed(2, passing)).contains(Duration.ofSeconds(60));

    // then another loads meanwhile, and nobody is told
    assertThat(work.orders).containsExactly("load 2", "load 1");
    assertThat(retrying.statuses().get(2L))
        .isEqualTo(
            new VersionStatus(
                new ServableId("digits", 2),
                START,
                Instant.EPOCH,
                Optional.of("the volume does not answer")));
    retrying.reported(found(1, 2));
    retrying.loaded(1, model(1));
    assertThat(future).isNotDone();
    assertThat(work.orders).hasSize(2);

    // when the rest is over, and the load fails again
    assertThat(work.delays).containsExactly(Duration.ofSeconds(60));
    work.later.remove().run();
    assertThat(work.orders).containsExactly("load 2", "load 1", "load 2");
    assertThat(retrying.failed(2, passing)).contains(Duration.ofMinutes(1));

    // then who waits is told, and it is tried again all the same
    assertThatThrownBy(future::join).hasCause(passing);
    assertThat(retrying.statuses().get(2L))
        .extracting(VersionStatus::state, VersionStatus::error)
        .containsExactly(START, Optional.of("the volume does not answer"));
    work.later.remove().run();
    assertThat(work.orders).containsExactly("load 2", "load 1", "load 2", "load 2");
  }

  @Test
  void shouldRestLongerAndLongerAfterWhatMayPass() {
    // given
    versions.reported(found(1));

    // when
    for (int failure = 0; failure < 6; failure++) {
      versions.failed(1, passing);
      work.later.remove().run();
    }

    // then
    assertThat(work.delays)
        .extracting(Duration::toMinutes)
        .containsExactly(1L, 2L, 4L, 8L, 16L, 16L);
    versions.loaded(1, model(1));
    assertThat(states()).containsEntry(1L, AVAILABLE);
    assertThat(versions.failedLoads()).isEqualTo(6);
  }

  @Test
  void shouldTryAsOftenAsAtFirstForWhoeverAsks() {
    // given
    ModelVersions retrying =
        versions(new VersionPolicy.All(), new LoadRetries(1, Duration.ofSeconds(1)));
    retrying.reported(found(1));
    retrying.failed(1, passing);
    work.later.remove().run();
    retrying.failed(1, passing);

    // when somebody asks during the long rest
    CompletableFuture<ServableVersion> future = new CompletableFuture<>();
    retrying.await(1, future);
    assertThat(retrying.failed(1, passing)).contains(Duration.ofSeconds(1));

    // then that the long rest is over ends no later one
    assertThat(future).isNotDone();
    work.later.remove().run();
    assertThat(work.orders).hasSize(3);
    work.later.remove().run();
    assertThat(work.orders).hasSize(4);
    retrying.failed(1, passing);
    assertThatThrownBy(future::join).hasCause(passing);
  }

  @Test
  void shouldTryAgainWhenALoadThatHungHasComeBack() {
    // given
    versions.reported(found(1));
    CompletableFuture<ServableVersion> asked = await(1);

    // when
    versions.hung(1, passing);
    versions.reported(found(1));

    // then who waits is told, and no more is begun
    assertThatThrownBy(asked::join).hasCause(passing);
    assertThat(states()).containsEntry(1L, START);
    assertThat(error(1)).contains("the volume does not answer");
    assertThat(work.orders).containsExactly("load 1");
    assertThat(work.delays).isEmpty();

    // when it is back
    versions.cameBack(1);

    // then it rests, in case the load was merely slow
    assertThat(work.delays).containsExactly(Duration.ofMinutes(1));
    work.later.remove().run();
    assertThat(work.orders).containsExactly("load 1", "load 1");

    // when it goes on, then it rests longer
    versions.hung(1, passing);
    versions.cameBack(1);
    assertThat(work.delays).endsWith(Duration.ofMinutes(2));
    work.later.remove().run();
    versions.loaded(1, model(1));

    // and what comes back later is nobody's business
    versions.cameBack(1);
    versions.cameBack(7);
    assertThat(work.orders).hasSize(3);
    assertThat(work.later).isEmpty();
  }

  @Test
  void shouldEndWhatHungWhenItStops() {
    // given one whose load does not come back before it stops, and one after
    ModelVersions all = versions(new VersionPolicy.All(), LoadRetries.NONE);
    all.reported(found(1, 2));
    all.hung(2, passing);
    assertThat(work.orders).containsExactly("load 2", "load 1");

    // when
    all.stop();
    all.hung(1, passing);
    all.cameBack(1);
    all.cameBack(2);

    // then
    assertThat(all.isTerminated()).isTrue();
    assertThat(work.orders).hasSize(2);
  }

  @Test
  void shouldTryAFailedVersionAgainWhenItIsRetainedAnew() {
    // given
    versions.reported(found(1, 2));
    versions.failed(2, broken);

    // when
    versions.retain(Set.of(2L));

    // then
    assertThat(work.orders).containsExactly("load 2", "load 2");

    // when it is still retained, then not once more
    versions.failed(2, broken);
    versions.retain(Set.of(2L));
    assertThat(work.orders).hasSize(2);
    assertThat(states()).containsEntry(2L, END);
  }

  @Test
  void shouldTryAFailedVersionAgainThatIsRetainedAlready() {
    // given
    versions.retain(Set.of(1L));
    versions.reported(found(1));
    versions.failed(1, broken);

    // when
    versions.tryAgain(1);

    // then
    assertThat(work.orders).containsExactly("load 1", "load 1");

    // and nothing becomes of what serves, or is not there
    versions.loaded(1, model(1));
    versions.tryAgain(1);
    versions.tryAgain(7);
    assertThat(work.orders).hasSize(2);
    assertThat(states()).isEqualTo(Map.of(1L, AVAILABLE));
  }

  @Test
  void shouldTryAgainWhatFailedForLackOfRoomWhenThereIsSome() {
    // given
    versions.reported(found(1));
    versions.failed(1, passing);
    assertThat(work.orders).containsExactly("load 1");

    // when
    versions.roomMade(1);

    // then
    assertThat(work.orders).containsExactly("load 1", "load 1");
  }

  @Test
  void shouldSpendNoAttemptWhileAnotherVersionMakesRoom() {
    // given a version that fails for good when its load fails
    versions.reported(found(1, 2));
    CompletableFuture<ServableVersion> future = await(2);
    ModelException noRoom = new ModelException("digits/1 is being closed");

    // when there is no room, twice
    versions.postponed(2, noRoom);
    versions.reported(found(1, 2));
    assertThat(work.orders).containsExactly("load 2");
    versions.roomMade(2);
    versions.postponed(2, noRoom);

    // then it waits, and says what for
    assertThat(states()).containsEntry(2L, START);
    assertThat(error(2)).contains("digits/1 is being closed");
    assertThat(future).isNotDone();
    assertThat(work.later).isEmpty();

    // when there is
    versions.roomMade(2);
    versions.loaded(2, model(2));

    // then
    assertThat(future).isCompleted();
    assertThat(work.orders).containsExactly("load 2", "load 2", "load 2");

    // and room that is made later is nobody's business
    versions.roomMade(2);
    versions.roomMade(7);
    assertThat(work.orders).hasSize(3);
  }

  @Test
  void shouldSayWhyAVersionFailedThatNobodyWantsAnyMore() {
    // given a version that rests after a failure
    ModelVersions retrying =
        versions(new VersionPolicy.Latest(1), new LoadRetries(5, Duration.ofHours(1)));
    retrying.reported(found(1));
    retrying.failed(1, passing);

    // when a later one is wanted in its place
    retrying.reported(found(1, 2));

    // then
    assertThat(retrying.statuses().get(1L))
        .extracting(VersionStatus::state, VersionStatus::error)
        .containsExactly(END, Optional.of("the volume does not answer"));

    // when it is wanted again, then it has not failed for good
    retrying.retain(Set.of(1L));
    assertThat(work.orders).containsExactly("load 1", "load 2");
    retrying.loaded(2, model(2));
    assertThat(work.orders).containsExactly("load 1", "load 2", "load 1");
  }

  @Test
  void shouldTellTheSourceWhatIsWanted() {
    // given what is retained before anything is known
    versions.retain(Set.of(1L));
    assertThat(work.wanted).containsOnly(1L);

    // when, then it is the newest that is complete, and the newest that may be
    versions.reported(
        new SourceReport.Aspired(aspired("r", 1, 2), new TreeMap<>(Map.of(3L, "not fetched"))));
    assertThat(work.wanted).containsOnly(1L, 2L, 3L);

    // when, then what is being loaded is wanted, too
    versions.retain(Set.of());
    assertThat(work.wanted).containsOnly(1L, 2L, 3L);
    versions.loaded(1, model(1));

    // when somebody asks, for a while
    CompletableFuture<ServableVersion> future = await(1);
    assertThat(future).isCompleted();
    CompletableFuture<ServableVersion> waiting = await(3);
    versions.exclude(Set.of(3L));
    assertThat(work.wanted).contains(3L);
    waiting.cancel(false);
    versions.forsake(3, waiting);

    // then
    assertThat(work.wanted).doesNotContain(3L);
  }

  @Test
  void shouldNotTryAgainWhatDoesNotMendItself() {
    // given
    ModelVersions retrying =
        versions(new VersionPolicy.All(), new LoadRetries(5, Duration.ofSeconds(60)));
    retrying.reported(found(1));

    // when
    assertThat(retrying.failed(1, broken)).isEmpty();

    // then not before its files change
    retrying.reported(found(1));
    assertThat(work.orders).containsExactly("load 1");
    assertThat(work.later).isEmpty();
    retrying.reported(new SourceReport.Aspired(aspired("r2", 1), new TreeMap<>()));
    assertThat(work.orders).containsExactly("load 1", "load 1");
  }

  @Test
  void shouldNotKeepAVersionForWhoeverWaitsNoLonger() {
    // given a version that the policy does not want
    versions.reported(found(1, 2));
    versions.loaded(2, model(2));
    CompletableFuture<ServableVersion> one = await(1);
    CompletableFuture<ServableVersion> other = await(1);
    assertThat(work.orders).containsExactly("load 2", "load 1");

    // when
    one.cancel(false);
    versions.forsake(1, one);

    versions.forsake(1, one);
    versions.forsake(7, one);

    // then it is still asked for
    assertThat(states()).containsEntry(1L, LOADING);

    // when
    other.cancel(false);
    versions.forsake(1, other);
    versions.loaded(1, model(1));

    // then
    assertThat(work.orders).containsExactly("load 2", "load 1", "unload 1");
  }

  @Test
  void shouldNotBeginToWaitForWhoeverWaitsNoLonger() {
    // given
    versions.reported(found(1, 2));
    versions.loaded(2, model(2));
    CompletableFuture<ServableVersion> future = new CompletableFuture<>();
    future.cancel(false);

    // when
    versions.await(1, future);

    // then
    assertThat(work.orders).containsExactly("load 2");
  }

  @Test
  void shouldBeginAnewWithFilesThatChangedWhileTheyWereLoaded() {
    // given
    AspiredVersion files = Objects.requireNonNull(aspired("r", 1).get(1L));
    versions.reported(found(1));
    CompletableFuture<ServableVersion> asked = await(1);

    // when
    versions.changed(files, new ModelException("they have changed"));

    // then nothing is loaded before the source has them complete again
    assertThat(states()).containsEntry(1L, END);
    assertThat(versions.pending()).containsOnlyKeys(1L);
    assertThat(versions.aspired()).isEmpty();
    assertThat(work.orders).containsExactly("load 1");
    assertThat(asked).isNotDone();

    // when it has
    versions.reported(found(1));

    // then
    assertThat(work.orders).containsExactly("load 1", "load 1");
    versions.loaded(1, model(1));
    assertThat(asked).isCompleted();
  }

  @Test
  void shouldRestBeforeItLoadsFilesThatKeepChanging() {
    // given files that changed while they were loaded, once, and are loaded again at once
    ModelException reason = new ModelException("they have changed");
    versions.reported(found(1));
    versions.changed(files("r"), reason);
    versions.reported(found(1));
    assertThat(work.orders).hasSize(2);

    // when they change once more, and so on
    versions.changed(files("r"), reason);
    versions.reported(found(1));
    versions.reported(new SourceReport.Aspired(aspired("r2", 1), new TreeMap<>()));
    versions.reported(new SourceReport.Aspired(aspired("r3", 1), new TreeMap<>()));

    // then it waits, once, and says why
    assertThat(work.orders).hasSize(2);
    assertThat(states()).containsEntry(1L, START);
    assertThat(error(1)).contains("they have changed");
    assertThat(work.delays).containsExactly(Duration.ofMinutes(1));
    work.later.remove().run();
    assertThat(work.orders).hasSize(3);

    // when it goes on, then it waits longer, unless somebody asks
    versions.changed(files("r3"), reason);
    versions.reported(found(1));
    assertThat(work.delays).containsExactly(Duration.ofMinutes(1), Duration.ofMinutes(2));
    assertThat(work.orders).hasSize(3);
    CompletableFuture<ServableVersion> asked = await(1);
    assertThat(work.orders).hasSize(4);
    versions.loaded(1, model(1));
    assertThat(asked).isCompleted();
  }

  private static AspiredVersion files(String revision) {
    return Objects.requireNonNull(aspired(revision, 1).get(1L));
  }

  @Test
  void shouldTryAgainAtOnceWhenSomebodyAsksOrTheFilesChange() {
    // given
    ModelVersions retrying =
        versions(new VersionPolicy.All(), new LoadRetries(5, Duration.ofHours(1)));
    retrying.reported(found(1));
    retrying.failed(1, passing);

    // when, then
    retrying.await(1, new CompletableFuture<>());
    assertThat(work.orders).containsExactly("load 1", "load 1");

    // when, then
    retrying.failed(1, passing);
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
            Fitness.of(Set.of(ModelSettings.DEFAULT_SIGNATURE), Set.of(1)),
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
    Set<Long> wanted = Set.of();

    @Override
    public void load(ServableId id, AspiredVersion version) {
      orders.add("load " + id.version());
    }

    @Override
    public void unload(long version) {
      orders.add("unload " + version);
    }

    @Override
    public void wanted(Set<Long> versions) {
      wanted = versions;
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

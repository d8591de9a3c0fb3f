package io.penstock.model.lifecycle;

import static io.penstock.model.lifecycle.Candidate.Claim.ASPIRED;
import static io.penstock.model.lifecycle.Candidate.Claim.NONE;
import static io.penstock.model.lifecycle.Candidate.Claim.RETAINED;
import static io.penstock.model.lifecycle.Transition.AVAILABILITY_PRESERVING;
import static io.penstock.model.lifecycle.Transition.RESOURCE_PRESERVING;
import static io.penstock.model.lifecycle.VersionState.AVAILABLE;
import static io.penstock.model.lifecycle.VersionState.END;
import static io.penstock.model.lifecycle.VersionState.LOADING;
import static io.penstock.model.lifecycle.VersionState.START;
import static io.penstock.model.lifecycle.VersionState.UNLOADING;
import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.model.lifecycle.Candidate.Claim;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TransitionTest {

  @Test
  void shouldLoadTheNewVersionBeforeItUnloadsTheOld() {
    assertThat(next(new Candidate(1, AVAILABLE, NONE), new Candidate(2, START, ASPIRED)))
        .contains(new Action.Load(2));
    assertThat(next(new Candidate(1, AVAILABLE, NONE), new Candidate(2, LOADING, ASPIRED)))
        .isEmpty();
    assertThat(next(new Candidate(1, AVAILABLE, NONE), new Candidate(2, AVAILABLE, ASPIRED)))
        .contains(new Action.Unload(1));
  }

  @Test
  void shouldKeepServingWhenTheNewVersionFails() {
    assertThat(next(new Candidate(1, AVAILABLE, NONE), new Candidate(2, END, ASPIRED))).isEmpty();
  }

  @Test
  void shouldKeepServingWhenNothingIsWanted() {
    assertThat(next(new Candidate(1, AVAILABLE, NONE))).isEmpty();
    assertThat(next(new Candidate(1, AVAILABLE, NONE), new Candidate(2, AVAILABLE, NONE)))
        .isEmpty();
  }

  @Test
  void shouldMakeRoomForAllThatIsNewWhileOneOfTheOldServes() {
    // a limit for two holds two, and two others are to come
    Candidate three = new Candidate(3, START, ASPIRED);
    Candidate four = new Candidate(4, START, ASPIRED);
    Candidate two = new Candidate(2, AVAILABLE, NONE);
    assertThat(next(new Candidate(1, AVAILABLE, NONE), two, three, four))
        .contains(new Action.Unload(1));
    assertThat(next(new Candidate(1, UNLOADING, NONE), two, three, four))
        .contains(new Action.Load(4));
    assertThat(next(new Candidate(1, AVAILABLE, NONE), two, new Candidate(3, END, ASPIRED)))
        .isEmpty();
  }

  @Test
  void shouldGiveMemoryBackBeforeItTakesMore() {
    assertThat(
            next(
                new Candidate(1, AVAILABLE, NONE),
                new Candidate(2, AVAILABLE, RETAINED),
                new Candidate(3, START, ASPIRED)))
        .contains(new Action.Unload(1));
  }

  @Test
  void shouldLoadOneAtATimeAndWhatIsRetainedFirst() {
    assertThat(next(new Candidate(1, START, RETAINED), new Candidate(2, START, ASPIRED)))
        .contains(new Action.Load(1));
    assertThat(next(new Candidate(1, START, ASPIRED), new Candidate(2, START, ASPIRED)))
        .contains(new Action.Load(2));
    assertThat(next(new Candidate(1, START, RETAINED), new Candidate(2, LOADING, ASPIRED)))
        .isEmpty();
  }

  @Test
  void shouldGiveAllMemoryBackBeforeItTakesMoreWhenResourcesCountMost() {
    // what nobody wants goes, though nothing else serves
    assertThat(
            RESOURCE_PRESERVING.next(
                List.of(new Candidate(1, AVAILABLE, NONE), new Candidate(2, START, ASPIRED))))
        .contains(new Action.Unload(1));
    // nothing comes while something goes, or is about to
    for (VersionState leaving : List.of(UNLOADING, LOADING)) {
      assertThat(
              RESOURCE_PRESERVING.next(
                  List.of(new Candidate(1, leaving, NONE), new Candidate(2, START, RETAINED))))
          .isEmpty();
    }
    assertThat(
            RESOURCE_PRESERVING.next(
                List.of(new Candidate(1, END, NONE), new Candidate(2, START, ASPIRED))))
        .contains(new Action.Load(2));
  }

  @Test
  void shouldNeverUnloadWhatIsRetained() {
    for (Transition transition : Transition.values()) {
      assertThat(
              transition.next(
                  List.of(new Candidate(1, AVAILABLE, RETAINED), new Candidate(2, START, ASPIRED))))
          .as("%s", transition)
          .contains(new Action.Load(2));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void shouldNeverHoldMoreThanIsWantedAndOneThatLoadsWhenResourcesCountMost(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 2_000; round++) {
      // given
      List<Candidate> versions = anyVersions(random);
      String given = "seed " + seed + ", round " + round + ": " + versions;

      // when
      Optional<Action> action = RESOURCE_PRESERVING.next(versions);

      // then
      if (action.isPresent() && action.get() instanceof Action.Load load) {
        assertThat(versions)
            .as(given)
            .contains(new Candidate(load.version(), START, claim(versions, load.version())))
            .noneMatch(c -> c.state() == LOADING || c.state() == UNLOADING)
            .noneMatch(c -> c.state() == AVAILABLE && c.claim() == NONE);
        assertThat(claim(versions, load.version())).as(given).isNotEqualTo(NONE);
      } else if (action.isPresent() && action.get() instanceof Action.Unload unload) {
        assertThat(versions).as(given).contains(new Candidate(unload.version(), AVAILABLE, NONE));
      } else {
        assertThat(versions).as(given).noneMatch(c -> c.state() == AVAILABLE && c.claim() == NONE);
      }
    }
  }

  private static List<Candidate> anyVersions(Random random) {
    List<Candidate> versions = new ArrayList<>();
    for (int version = 0; version < random.nextInt(6); version++) {
      versions.add(
          new Candidate(
              version, pick(VersionState.values(), random), pick(Claim.values(), random)));
    }
    return versions;
  }

  private static Claim claim(List<Candidate> versions, long version) {
    return versions.stream().filter(c -> c.version() == version).findFirst().orElseThrow().claim();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void shouldReachWhatIsWantedWithoutEverServingNothing(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 2_000; round++) {
      // given
      List<Candidate> versions = anyVersions(random);
      String given = "seed " + seed + ", round " + round + ": " + versions;
      boolean served = serves(versions);

      // when actions are taken, some loads fail, and all that is loading ends
      boolean loading = true;
      for (int actions = 0; loading; actions++) {
        assertThat(actions).as(given).isLessThan(30);
        Optional<Action> action = AVAILABILITY_PRESERVING.next(versions);
        action.ifPresent(a -> apply(a, versions, given));
        if (served) {
          assertThat(serves(versions)).as(given).isTrue();
        }
        if (action.isEmpty()) {
          loading = versions.removeIf(c -> c.state() == LOADING && random.nextInt(4) == 0);
          loading |= finishLoads(versions);
        }
      }

      // then
      boolean wantedServes =
          versions.stream().anyMatch(c -> c.claim() != NONE && c.state() == AVAILABLE);
      for (Candidate candidate : versions) {
        assertThat(candidate.claim() != NONE && candidate.state() == START).as(given).isFalse();
        if (wantedServes) {
          assertThat(candidate.claim() == NONE && candidate.state() == AVAILABLE)
              .as(given)
              .isFalse();
        }
      }
    }
  }

  private static <T> T pick(T[] values, Random random) {
    return values[random.nextInt(values.length)];
  }

  private static boolean finishLoads(List<Candidate> versions) {
    boolean[] any = {false};
    versions.replaceAll(
        c -> {
          any[0] |= c.state() == LOADING;
          return c.state() == LOADING ? new Candidate(c.version(), AVAILABLE, c.claim()) : c;
        });
    return any[0];
  }

  private static void apply(Action action, List<Candidate> versions, String given) {
    versions.replaceAll(
        c -> {
          if (action.equals(new Action.Load(c.version()))) {
            assertThat(versions).as(given).noneMatch(other -> other.state() == LOADING);
            return new Candidate(c.version(), LOADING, c.claim());
          }
          return action.equals(new Action.Unload(c.version()))
              ? new Candidate(c.version(), END, c.claim())
              : c;
        });
  }

  private static boolean serves(List<Candidate> versions) {
    return versions.stream().anyMatch(c -> c.state() == AVAILABLE);
  }

  private static Optional<Action> next(Candidate... candidates) {
    return AVAILABILITY_PRESERVING.next(List.of(candidates));
  }
}

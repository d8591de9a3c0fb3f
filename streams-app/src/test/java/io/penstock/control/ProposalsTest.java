package io.penstock.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.control.Proposals.Proposal;
import io.penstock.schemas.ModelDecision;
import io.penstock.schemas.Phase;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ProposalsTest {

  private static final Set<Long> NONE_FAILED = Set.of();

  @Test
  void shouldProposeTheHighestVersionAtFirst() {
    assertThat(Proposals.next(served(false, 1, 3), Optional.empty(), NONE_FAILED, null))
        .contains(new Proposal(3, -1, -1));
  }

  @Test
  void shouldProposeNothingWithoutVersions() {
    assertThat(Proposals.next(served(true), Optional.empty(), NONE_FAILED, null)).isEmpty();
    assertThat(Proposals.next(served(true), active(1, 1), NONE_FAILED, null)).isEmpty();
  }

  @Test
  void shouldNotProposeTheSameTwice() {
    assertThat(
            Proposals.next(
                served(false, 3), Optional.empty(), NONE_FAILED, new Proposal(3, -1, -1)))
        .isEmpty();
  }

  @Test
  void shouldLeaveNewerVersionsToACommandWhenPromotionIsManual() {
    assertThat(Proposals.next(served(false, 1, 2), active(1, 1), NONE_FAILED, null)).isEmpty();
  }

  @Test
  void shouldProposeNewerVersionsWhenPromotionIsAutomatic() {
    assertThat(Proposals.next(served(true, 1, 2), active(1, 1), NONE_FAILED, null))
        .contains(new Proposal(2, 1, 7));
  }

  @Test
  void shouldNotProposeWhatWasRolledBackOrAborted() {
    assertThat(Proposals.next(served(true, 1, 2), active(1, 2), NONE_FAILED, null)).isEmpty();
  }

  @Test
  void shouldWaitForTheEndOfAPreparation() {
    assertThat(
            Proposals.next(
                served(true, 1, 2, 3), decision(Phase.PREPARE, 1L, 2L, 2), NONE_FAILED, null))
        .isEmpty();
  }

  @Test
  void shouldGoOnWithTheNextOlderVersionWhileNoneIsActive() {
    Optional<ModelDecision> aborted = decision(Phase.ABORTED, null, 3L, 3);

    assertThat(Proposals.next(served(false, 1, 2, 3), aborted, Set.of(3L), null))
        .contains(new Proposal(2, -1, 7));
    assertThat(Proposals.next(served(false, 1, 2, 3), aborted, Set.of(3L, 2L), null))
        .contains(new Proposal(1, -1, 7));
    assertThat(Proposals.next(served(false, 1, 2, 3), aborted, Set.of(1L, 2L, 3L), null)).isEmpty();
  }

  @Test
  void shouldNotFallBackFromTheVersionThatIsActive() {
    assertThat(Proposals.next(served(true, 1, 2, 3), active(2, 3), Set.of(3L), null)).isEmpty();
  }

  @Test
  void shouldSayWhatItExpectsAndWhy() {
    assertThat(new Proposal(2, 1, 7).command("digits", "a", active(1, 1)).toString())
        .contains(
            "\"version\": 2",
            "\"expected\": 1",
            "\"expectedEpoch\": 7",
            "instance a",
            Proposals.NEWER);
    assertThat(
            new Proposal(2, -1, 7)
                .command("digits", "a", decision(Phase.ABORTED, null, 3L, 3))
                .getWhy())
        .isEqualTo("initial version, since 3 was given up: no such file");
  }

  private static ServedModel served(boolean automatic, long... aspired) {
    TreeMap<Long, String> versions = new TreeMap<>();
    for (long version : aspired) {
      versions.put(version, "as copied");
    }
    return new ServedModel(automatic, versions, List.of());
  }

  private static Optional<ModelDecision> active(long active, long newestTried) {
    return decision(Phase.ACTIVE, active, null, newestTried);
  }

  private static Optional<ModelDecision> decision(
      Phase phase, @Nullable Long active, @Nullable Long target, long newestTried) {
    return Optional.of(
        ModelDecision.newBuilder()
            .setModel("digits")
            .setPhase(phase)
            .setActive(active)
            .setTarget(target)
            .setEpoch(7)
            .setReason(phase == Phase.ABORTED ? "no such file" : null)
            .setTime(Instant.EPOCH)
            .setNewestTried(newestTried)
            .setLabels(Map.of())
            .setPins(List.of())
            .setTimeline(List.of())
            .setGivenUp(List.of())
            .setProtocolLevel(1)
            .build());
  }
}

package io.penstock.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.control.Proposals.Proposal;
import io.penstock.schemas.ModelDecision;
import io.penstock.schemas.Phase;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ProposalsTest {

  private static final long NOTHING_AT_START = -1;

  @Test
  void shouldProposeTheHighestVersionAtFirst() {
    assertThat(Proposals.next(served(false, 1, 3), Optional.empty(), NOTHING_AT_START, null))
        .contains(new Proposal(3, -1, -1));
  }

  @Test
  void shouldProposeNothingWithoutVersions() {
    assertThat(Proposals.next(served(true), Optional.empty(), NOTHING_AT_START, null)).isEmpty();
  }

  @Test
  void shouldNotProposeTheSameTwice() {
    assertThat(
            Proposals.next(
                served(false, 3), Optional.empty(), NOTHING_AT_START, new Proposal(3, -1, -1)))
        .isEmpty();
  }

  @Test
  void shouldLeaveNewerVersionsToACommandWhenPromotionIsManual() {
    assertThat(Proposals.next(served(false, 1, 2), active(1, 1), NOTHING_AT_START, null)).isEmpty();
  }

  @Test
  void shouldProposeNewerVersionsWhenPromotionIsAutomatic() {
    assertThat(Proposals.next(served(true, 1, 2), active(1, 1), NOTHING_AT_START, null))
        .contains(new Proposal(2, 1, 7));
  }

  @Test
  void shouldNotProposeWhatWasRolledBackOrAborted() {
    assertThat(Proposals.next(served(true, 1, 2), active(1, 2), NOTHING_AT_START, null)).isEmpty();
  }

  @Test
  void shouldWaitForTheEndOfAPreparation() {
    assertThat(
            Proposals.next(
                served(true, 1, 2, 3), decision(Phase.PREPARE, 1L, 2L, 2), NOTHING_AT_START, null))
        .isEmpty();
  }

  @Test
  void shouldTryAnInitialVersionAgainOnlyAfterAStart() {
    Optional<ModelDecision> aborted = decision(Phase.ABORTED, null, 1L, 1);

    assertThat(Proposals.next(served(false, 1), aborted, NOTHING_AT_START, null)).isEmpty();
    assertThat(Proposals.next(served(false, 1), aborted, 7, null)).contains(new Proposal(1, -1, 7));
    assertThat(Proposals.next(served(false, 1, 2), aborted, NOTHING_AT_START, null))
        .contains(new Proposal(2, -1, 7));
  }

  @Test
  void shouldSayWhatItExpects() {
    assertThat(new Proposal(2, 1, 7).command("digits", "a").toString())
        .contains("\"version\": 2", "\"expected\": 1", "instance a");
  }

  private static ServedModel served(boolean automatic, long... aspired) {
    TreeSet<Long> versions = new TreeSet<>();
    for (long version : aspired) {
      versions.add(version);
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
            .setTime(Instant.EPOCH)
            .setNewestTried(newestTried)
            .setLabels(Map.of())
            .setPins(List.of())
            .setTimeline(List.of())
            .setProtocolLevel(1)
            .build());
  }
}

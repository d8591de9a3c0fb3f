package io.penstock.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.schemas.GivenUp;
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
  private static final Set<Long> NONE_MENDED = Set.of();

  @Test
  void shouldProposeTheHighestVersionAtFirst() {
    assertThat(
            Proposals.next(served(false, 1, 3), Optional.empty(), NONE_FAILED, NONE_MENDED, null))
        .contains(new Proposal.Forward(3, -1, -1));
  }

  @Test
  void shouldProposeNothingWithoutVersions() {
    assertThat(Proposals.next(served(true), Optional.empty(), NONE_FAILED, NONE_MENDED, null))
        .isEmpty();
    assertThat(Proposals.next(served(true), active(1, 1), NONE_FAILED, NONE_MENDED, null))
        .isEmpty();
  }

  @Test
  void shouldNotProposeTheSameTwice() {
    assertThat(
            Proposals.next(
                served(false, 3),
                Optional.empty(),
                NONE_FAILED,
                NONE_MENDED,
                new Proposal.Forward(3, -1, -1)))
        .isEmpty();
  }

  @Test
  void shouldLeaveNewerVersionsToACommandWhenPromotionIsManual() {
    assertThat(Proposals.next(served(false, 1, 2), active(1, 1), NONE_FAILED, NONE_MENDED, null))
        .isEmpty();
  }

  @Test
  void shouldProposeNewerVersionsWhenPromotionIsAutomatic() {
    assertThat(Proposals.next(served(true, 1, 2), active(1, 1), NONE_FAILED, NONE_MENDED, null))
        .contains(new Proposal.Forward(2, 1, 7));
  }

  @Test
  void shouldNotEndWhatIsToServeFromATimestampOn() {
    Optional<ModelDecision> decision = active(2, 2);
    decision.orElseThrow().put("previous", 1L);
    decision.orElseThrow().put("activeFrom", Instant.EPOCH);

    assertThat(Proposals.next(served(true, 1, 2, 3), decision, NONE_FAILED, NONE_MENDED, null))
        .isEmpty();
    decision.orElseThrow().put("activeFrom", null);
    assertThat(Proposals.next(served(true, 1, 2, 3), decision, NONE_FAILED, NONE_MENDED, null))
        .contains(new Proposal.Forward(3, 2, 7));
  }

  @Test
  void shouldNotProposeWhatSomebodyHasUnloaded() {
    Optional<ModelDecision> decision = active(1, 1);
    decision.orElseThrow().put("unloaded", List.of(3L));

    assertThat(Proposals.next(served(true, 1, 2, 3), decision, NONE_FAILED, NONE_MENDED, null))
        .contains(new Proposal.Forward(2, 1, 7));
  }

  @Test
  void shouldNotProposeWhatWasRolledBackOrAborted() {
    assertThat(Proposals.next(served(true, 1, 2), active(1, 2), NONE_FAILED, NONE_MENDED, null))
        .isEmpty();
  }

  @Test
  void shouldProposeWhatWasGivenUpAgainOnceItIsMended() {
    ServedModel served = served(true, 1, 2, 3);
    Optional<ModelDecision> aborted = decision(Phase.ABORTED, 1L, 3L, 3);

    assertThat(Proposals.next(served, aborted, NONE_FAILED, NONE_MENDED, null)).isEmpty();
    assertThat(Proposals.next(served, aborted, NONE_FAILED, Set.of(3L), null))
        .contains(new Proposal.Forward(3, 1, 7));
    assertThat(Proposals.next(served(false, 1, 2, 3), aborted, NONE_FAILED, Set.of(3L), null))
        .as("by hand where promotion is manual")
        .isEmpty();
    assertThat(Proposals.next(served, active(2, 3), NONE_FAILED, Set.of(3L), null))
        .as("after another was activated, such as the one before")
        .contains(new Proposal.Forward(3, 2, 7));
    assertThat(
            Proposals.next(
                served, decision(Phase.ABORTED, 3L, 2L, 3), NONE_FAILED, Set.of(2L), null))
        .as("not what is older than the active one")
        .isEmpty();
  }

  @Test
  void shouldWaitForTheEndOfAPreparation() {
    assertThat(
            Proposals.next(
                served(true, 1, 2, 3),
                decision(Phase.PREPARE, 1L, 2L, 2),
                NONE_FAILED,
                NONE_MENDED,
                null))
        .isEmpty();
  }

  @Test
  void shouldGoOnWithTheNextOlderVersionWhileNoneIsActive() {
    Optional<ModelDecision> aborted = decision(Phase.ABORTED, null, 3L, 3);

    assertThat(Proposals.next(served(false, 1, 2, 3), aborted, Set.of(3L), NONE_MENDED, null))
        .contains(new Proposal.Forward(2, -1, 7));
    assertThat(Proposals.next(served(false, 1, 2, 3), aborted, Set.of(3L, 2L), NONE_MENDED, null))
        .contains(new Proposal.Forward(1, -1, 7));
    assertThat(
            Proposals.next(served(false, 1, 2, 3), aborted, Set.of(1L, 2L, 3L), NONE_MENDED, null))
        .isEmpty();
  }

  @Test
  void shouldNotFallBackFromTheVersionThatIsActive() {
    assertThat(Proposals.next(served(true, 1, 2, 3), active(2, 3), Set.of(3L), NONE_MENDED, null))
        .isEmpty();
  }

  @Test
  void shouldSayWhatItExpectsAndWhy() {
    assertThat(
            new Proposal.Forward(2, 1, 7)
                .command("digits", "a", served(true), active(1, 1))
                .toString())
        .contains(
            "\"version\": 2",
            "\"expected\": 1",
            "\"expectedEpoch\": 7",
            "instance a",
            Proposal.NEWER);
    assertThat(
            new Proposal.Forward(2, -1, 7)
                .command("digits", "a", served(true), decision(Phase.ABORTED, null, 3L, 3))
                .getWhy())
        .isEqualTo("initial version, since 3 was given up: no such file");
  }

  @Test
  void shouldRollBackFromAVersionThatCannotBeRun() {
    ServedModel served = broken(2);

    assertThat(
            Proposals.next(
                served, after(Phase.ACTIVE, 2, 1L, null), NONE_FAILED, NONE_MENDED, null))
        .contains(new Proposal.Back(2, 7));
    assertThat(
            Proposals.next(served, after(Phase.ABORTED, 2, 1L, 3L), NONE_FAILED, NONE_MENDED, null))
        .as("after another promotion was given up")
        .contains(new Proposal.Back(2, 7));
    assertThat(
            Proposals.next(
                served,
                after(Phase.ACTIVE, 2, 1L, null),
                NONE_FAILED,
                NONE_MENDED,
                new Proposal.Back(2, 7)))
        .as("once")
        .isEmpty();
  }

  @Test
  void shouldNotRollBackWhereThatCannotHelp() {
    assertThat(proposal(broken(2), after(Phase.ACTIVE, 1, 2L, null))).isEmpty();
    assertThat(proposal(broken(2), after(Phase.ACTIVE, 2, null, null))).isEmpty();
    assertThat(proposal(broken(1, 2), after(Phase.ACTIVE, 2, 1L, null))).isEmpty();
    assertThat(proposal(broken(2), after(Phase.PREPARE, 2, 1L, 3L))).isEmpty();
    assertThat(proposal(broken(2), after(Phase.ABORTED, 2, 1L, 1L))).isEmpty();
  }

  @Test
  void shouldRollBackOnceThoughAnotherPromotionIsGivenUpLater() {
    Optional<ModelDecision> later = after(Phase.ABORTED, 2, 1L, 3L);
    later.orElseThrow().put("givenUp", List.of(new GivenUp(1L, 5L), new GivenUp(3L, 7L)));

    assertThat(proposal(broken(2), later)).isEmpty();
    assertThat(outlook(broken(2), later, 4L, true))
        .startsWith("the roll-back to 1 was given up (epoch 5); promote")
        .endsWith("The reason: see the audit");
  }

  @Test
  void shouldHaveTheActiveVersionServeAllRecordsWhereTheOneBeforeFails() {
    Optional<ModelDecision> shared = after(Phase.ACTIVE, 2, 1L, null);
    assertThat(proposal(broken(1), shared)).as("while it serves none").isEmpty();
    shared.orElseThrow().put("activeFrom", Instant.EPOCH);
    Optional<ModelDecision> givenUp = after(Phase.ABORTED, 2, 1L, 2L);
    givenUp.orElseThrow().put("activeFrom", Instant.EPOCH);

    assertThat(proposal(broken(1), shared)).contains(new Proposal.Wider(2, 1, 7));
    assertThat(new Proposal.Wider(2, 1, 7).command("digits", "a", broken(1), shared).toString())
        .contains(
            "\"promote\"",
            "\"version\": 2",
            "\"expected\": 2",
            "\"expectedEpoch\": 7",
            "version 1, which serves earlier records, has failed: as copied");
    assertThat(outlook(broken(1), shared, 9L, false))
        .isEqualTo("promotion of 2 for all records proposed, command at offset 9");
    assertThat(proposal(broken(1), givenUp)).as("once").isEmpty();
    assertThat(outlook(broken(1), givenUp, 9L, true))
        .startsWith("the promotion of 2 for all records was given up (epoch 7); promote");
    assertThat(proposal(broken(1, 2), shared)).as("both fail").isEmpty();
    assertThat(proposal(broken(2), shared)).contains(new Proposal.Back(2, 7));
  }

  @Test
  void shouldPromoteANewerVersionWhereThereIsNoWayBack() {
    assertThat(proposal(broken(2), after(Phase.ABORTED, 2, 1L, 1L, 2))).isEmpty();
    ServedModel newer = new ServedModel(true, versions(2, 3), List.of(), versions(2), List.of());

    assertThat(proposal(newer, after(Phase.ABORTED, 2, 1L, 1L, 2)))
        .contains(new Proposal.Forward(3, 2, 7));
  }

  @Test
  void shouldSayWhatItRollsBackFromAndWhy() {
    assertThat(
            new Proposal.Back(2, 7)
                .command("digits", "a", broken(2), after(Phase.ACTIVE, 2, 1L, null))
                .toString())
        .contains(
            "\"rollback\"",
            "\"expected\": 2",
            "\"expectedEpoch\": 7",
            "instance a",
            "version 2 has failed: as copied");
  }

  @Test
  void shouldTellHowTheWayBackStands() {
    Optional<ModelDecision> open = after(Phase.ACTIVE, 2, 1L, null);

    assertThat(outlook(broken(2), open, null, false)).isEqualTo("roll-back to 1 is being proposed");
    assertThat(outlook(broken(2), open, 9L, false))
        .isEqualTo("roll-back to 1 proposed, command at offset 9");
    assertThat(outlook(broken(2), open, 9L, true))
        .startsWith("roll-back to 1 rejected (command at offset 9, see the audit); promote");
    assertThat(outlook(broken(2), after(Phase.PREPARE, 2, 1L, 1L), 9L, true))
        .isEqualTo("version 1 is in preparation (epoch 7)");
    assertThat(outlook(broken(2), after(Phase.ABORTED, 2, 1L, 1L), 9L, true))
        .isEqualTo(
            "the roll-back to 1 was given up (epoch 7); promote a version that works. The reason: no such file");
    assertThat(outlook(broken(2), after(Phase.ACTIVE, 2, null, null), null, false))
        .startsWith("there is no version to roll back to; promote");
    assertThat(outlook(broken(1, 2), open, null, false))
        .startsWith("version 1, to roll back to, has failed too; promote");
    assertThat(Fallback.of(broken(2), after(Phase.ACTIVE, 1, 2L, null))).isEmpty();
  }

  private static String outlook(
      ServedModel served,
      Optional<ModelDecision> decision,
      @Nullable Long command,
      boolean answered) {
    return Fallback.of(served, decision)
        .orElseThrow()
        .outlook(Optional.ofNullable(command), answered);
  }

  private static Optional<Proposal> proposal(ServedModel served, Optional<ModelDecision> decision) {
    return Proposals.next(served, decision, NONE_FAILED, NONE_MENDED, null);
  }

  /** A model of which those versions cannot be run. */
  private static ServedModel broken(long... versions) {
    return new ServedModel(false, versions(1, 2, 3), List.of(), versions(versions), List.of());
  }

  private static Optional<ModelDecision> after(
      Phase phase, long active, @Nullable Long previous, @Nullable Long target) {
    return after(phase, active, previous, target, 3);
  }

  private static Optional<ModelDecision> after(
      Phase phase, long active, @Nullable Long previous, @Nullable Long target, long newestTried) {
    Optional<ModelDecision> decision = decision(phase, active, target, newestTried);
    decision.orElseThrow().put("previous", previous);
    return decision;
  }

  private static ServedModel served(boolean automatic, long... aspired) {
    return new ServedModel(automatic, versions(aspired), List.of(), new TreeMap<>(), List.of());
  }

  private static TreeMap<Long, String> versions(long... versions) {
    TreeMap<Long, String> texts = new TreeMap<>();
    for (long version : versions) {
      texts.put(version, "as copied");
    }
    return texts;
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
            .setLoaded(List.of())
            .setUnloaded(List.of())
            .setPaused(List.of())
            .setManifest(Map.of())
            .setActiveManifest(Map.of())
            .setPreviousManifest(Map.of())
            .setTimeline(List.of())
            .setGivenUp(
                phase == Phase.ABORTED && target != null
                    ? List.of(new GivenUp(target, 7L))
                    : List.of())
            .setProtocolLevel(1)
            .build());
  }
}

package io.penstock.control;

import static org.assertj.core.api.Assertions.assertThat;

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
        .contains(new Proposal.Forward(3, -1, -1));
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
                served(false, 3), Optional.empty(), NONE_FAILED, new Proposal.Forward(3, -1, -1)))
        .isEmpty();
  }

  @Test
  void shouldLeaveNewerVersionsToACommandWhenPromotionIsManual() {
    assertThat(Proposals.next(served(false, 1, 2), active(1, 1), NONE_FAILED, null)).isEmpty();
  }

  @Test
  void shouldProposeNewerVersionsWhenPromotionIsAutomatic() {
    assertThat(Proposals.next(served(true, 1, 2), active(1, 1), NONE_FAILED, null))
        .contains(new Proposal.Forward(2, 1, 7));
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
        .contains(new Proposal.Forward(2, -1, 7));
    assertThat(Proposals.next(served(false, 1, 2, 3), aborted, Set.of(3L, 2L), null))
        .contains(new Proposal.Forward(1, -1, 7));
    assertThat(Proposals.next(served(false, 1, 2, 3), aborted, Set.of(1L, 2L, 3L), null)).isEmpty();
  }

  @Test
  void shouldNotFallBackFromTheVersionThatIsActive() {
    assertThat(Proposals.next(served(true, 1, 2, 3), active(2, 3), Set.of(3L), null)).isEmpty();
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

    assertThat(Proposals.next(served, after(Phase.ACTIVE, 2, 1L, null), NONE_FAILED, null))
        .contains(new Proposal.Back(2, 7));
    assertThat(Proposals.next(served, after(Phase.ABORTED, 2, 1L, 3L), NONE_FAILED, null))
        .as("after another promotion was given up")
        .contains(new Proposal.Back(2, 7));
    assertThat(
            Proposals.next(
                served, after(Phase.ACTIVE, 2, 1L, null), NONE_FAILED, new Proposal.Back(2, 7)))
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
  void shouldPromoteANewerVersionWhereThereIsNoWayBack() {
    assertThat(proposal(broken(2), after(Phase.ABORTED, 2, 1L, 1L, 2))).isEmpty();
    ServedModel newer = new ServedModel(true, versions(2, 3), List.of(), versions(2));

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
    return Proposals.next(served, decision, NONE_FAILED, null);
  }

  /** A model of which those versions cannot be run. */
  private static ServedModel broken(long... versions) {
    return new ServedModel(false, versions(1, 2, 3), List.of(), versions(versions));
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
    return new ServedModel(automatic, versions(aspired), List.of(), new TreeMap<>());
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
            .setTimeline(List.of())
            .setGivenUp(List.of())
            .setProtocolLevel(1)
            .build());
  }
}

package io.penstock.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.control.message.ControlMessages;
import io.penstock.schemas.Command;
import io.penstock.schemas.GivenUp;
import io.penstock.schemas.InstanceReport;
import io.penstock.schemas.ModelDecision;
import io.penstock.schemas.Phase;
import io.penstock.schemas.Readiness;
import io.penstock.schemas.TimelineEntry;
import io.penstock.schemas.VersionState;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ParticipantTest {

  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

  private static final Clock CLOCK = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);

  private final FakeInstance instance = new FakeInstance(true, 1);
  private final RecordingOutbox outbox = new RecordingOutbox();
  private final Queue<Runnable> controlThread = new ArrayDeque<>();
  private Duration elapsed = Duration.ZERO;

  private final Participant participant =
      new Participant("a", instance, outbox, controlThread::add, CLOCK, () -> elapsed.toNanos());

  @Test
  void shouldProposeTheInitialVersionOnceItsReportIsSafe() {
    outbox.safe = new CompletableFuture<>();
    start();
    assertThat(outbox.proposals).isEmpty();

    outbox.safe.complete(null);
    runTasks();
    participant.heartbeat();

    assertThat(outbox.proposals)
        .singleElement()
        .satisfies(
            command -> {
              assertThat(command.getPromote().getVersion()).isEqualTo(1);
              assertThat(command.getPromote().getExpected()).isEqualTo(Hearing.NONE);
              assertThat(command.getBy()).isEqualTo("instance a");
            });
  }

  @Test
  void shouldProposeAgainWhatDidNotGetThrough() {
    start();
    outbox.safe = CompletableFuture.failedFuture(new IllegalStateException("no broker"));
    instance.aspire(2);
    participant.decide(active(1, 0, 1));
    runTasks();

    outbox.safe = CompletableFuture.completedFuture(null);
    participant.heartbeat();
    runTasks();
    participant.heartbeat();

    assertThat(outbox.proposedVersions()).containsExactly(1L, 2L, 2L);
  }

  @Test
  void shouldGoOnWithTheNextOlderVersionUntilNoneIsLeft() {
    instance.aspire(2);
    start();

    participant.decide(aborted(null, 2, 0));
    participant.decide(aborted(null, 1, 1, 2L, 0L));
    participant.heartbeat();

    assertThat(outbox.proposedVersions()).containsExactly(2L, 1L);
    assertThat(outbox.proposals)
        .last()
        .satisfies(
            command -> {
              assertThat(command.getPromote().getExpectedEpoch()).isEqualTo(0);
              assertThat(command.getWhy()).startsWith("initial version, since 2 was given up");
            });
  }

  @Test
  void shouldProposeAVersionThatFailedAgainOnceItsFilesHaveChanged() {
    start();
    participant.decide(aborted(null, 1, 0));
    participant.heartbeat();
    instance.change(1);
    participant.heartbeat();
    participant.decide(aborted(null, 1, 1));
    participant.heartbeat();

    assertThat(outbox.proposedVersions()).containsExactly(1L, 1L);
  }

  @Test
  void shouldProposeWhatFailedAgainOnceItLoadsAfterAll() {
    instance.aspire(2);
    instance.move(2, VersionState.START, "the volume does not answer");
    start(active(1, 0, 1));
    participant.decide(aborted(1L, 2, 5));
    participant.heartbeat();
    assertThat(outbox.proposedVersions()).containsExactly(2L);

    instance.load(2);
    participant.heartbeat();
    participant.decide(aborted(1L, 2, 6));
    participant.heartbeat();

    assertThat(outbox.proposedVersions()).as("once").containsExactly(2L, 2L);
    instance.change(2);
    participant.heartbeat();
    assertThat(outbox.proposedVersions()).as("its files changed").containsExactly(2L, 2L, 2L);
  }

  @Test
  void shouldProposeWhatFailedAtFirstAgainWhileAnOlderVersionServes() {
    instance.aspire(2);
    instance.move(2, VersionState.START, "the volume does not answer");
    start();
    participant.decide(aborted(null, 2, 0));
    participant.decide(active(1, 1, 2));
    assertThat(outbox.proposedVersions()).containsExactly(2L, 1L);

    instance.load(2);
    participant.heartbeat();

    assertThat(outbox.proposedVersions()).containsExactly(2L, 1L, 2L);
  }

  @Test
  void shouldNotProposeWhatWasRolledBackThoughItHadFailedBefore() {
    instance.aspire(2);
    instance.move(2, VersionState.START, "the volume does not answer");
    start(active(1, 0, 1));
    participant.decide(aborted(1L, 2, 5));
    instance.load(2);
    participant.heartbeat();
    participant.decide(active(2, 6, 2));
    participant.decide(active(1, 7, 2));
    participant.heartbeat();

    assertThat(outbox.proposedVersions()).containsExactly(2L, 2L);
  }

  @Test
  void shouldProposeWhatWasNotLoadedInTimeAgainOnceItIs() {
    instance.aspire(2);
    instance.move(2, VersionState.LOADING, null);
    start(active(1, 0, 1));
    ModelDecision overdue = aborted(1L, 2, 5);
    overdue.put("reason", Verdict.OVERDUE + " of noon");
    participant.decide(overdue);

    instance.load(2);
    participant.heartbeat();

    assertThat(outbox.proposedVersions()).containsExactly(2L, 2L);
  }

  @Test
  void shouldNotProposeWhatFailedElsewhereWhileItWasLoadedHere() {
    instance.aspire(2);
    instance.move(2, VersionState.LOADING, null);
    start(active(1, 0, 1));
    participant.decide(aborted(1L, 2, 5));

    instance.load(2);
    participant.heartbeat();

    assertThat(outbox.proposedVersions()).containsExactly(2L);
  }

  @Test
  void shouldNotProposeWhatACommandHasAbortedThoughItLoadsAfterAll() {
    instance.aspire(2);
    instance.move(2, VersionState.START, "the volume does not answer");
    start(active(1, 0, 1));
    participant.decide(
        Promotion.abortByCommand(prepare(1L, 2, 5), 6, " by somebody", Instant.EPOCH));

    instance.load(2);
    participant.heartbeat();

    assertThat(outbox.proposedVersions()).containsExactly(2L);
  }

  @Test
  void shouldNotProposeWhatACommandGaveUpOnceItIsCopied() {
    start(active(1, 0, 1));
    participant.decide(
        Promotion.abortByCommand(prepare(1L, 2, 5), 6, " by somebody", Instant.EPOCH));

    instance.aspire(2);
    participant.heartbeat();
    instance.load(2);
    participant.heartbeat();

    assertThat(outbox.proposedVersions()).isEmpty();
  }

  @Test
  void shouldProposeTheFirstVersionAgainOnceItLoadsAfterAll() {
    instance.move(1, VersionState.START, "the volume does not answer");
    start();
    participant.decide(aborted(null, 1, 0));
    participant.heartbeat();
    assertThat(outbox.proposedVersions()).containsExactly(1L);

    instance.load(1);
    participant.heartbeat();
    participant.decide(aborted(null, 1, 1));
    participant.heartbeat();

    assertThat(outbox.proposedVersions()).containsExactly(1L, 1L);
  }

  @Test
  void shouldProposeWhatFailedBeforeItStartedButNotWhatItSawFail() {
    instance.aspire(2);
    start(aborted(null, 2, 3));
    participant.decide(aborted(null, 2, 4));

    assertThat(outbox.proposedVersions()).containsExactly(2L, 1L);
  }

  @Test
  void shouldCountAPreparationThatItFindsAsSeen() {
    instance.aspire(2);
    start(prepare(null, 2, 3));
    participant.decide(aborted(null, 2, 3));
    runTasks();

    assertThat(outbox.proposedVersions()).containsExactly(1L);
  }

  @Test
  void shouldProposeToRollBackOnceAndTellWhatComesOfIt() {
    start(afterAnother(active(2, 5, 2)));
    instance.breakDown(2, "it hangs");
    participant.heartbeat();
    participant.heartbeat();
    runTasks();

    assertThat(outbox.proposals)
        .singleElement()
        .satisfies(
            command -> {
              assertThat(command.getRollback().getExpected()).isEqualTo(2);
              assertThat(command.getRollback().getExpectedEpoch()).isEqualTo(5);
              assertThat(command.getBy()).isEqualTo("instance a");
              assertThat(command.getWhy()).isEqualTo("version 2 has failed: it hangs");
            });
    assertThat(instance.calls()).endsWith("roll-back to 1 proposed, command at offset 1");
    participant.answered(2);
    assertThat(instance.calls().get(instance.calls().size() - 1))
        .startsWith("roll-back to 1 rejected (command at offset 1, see the audit)");
  }

  @Test
  void shouldRollBackAgainAfterAnotherPromotionWasGivenUpButNotAfterItsOwn() {
    instance.breakDown(2, "it hangs");
    start(afterAnother(active(2, 5, 2)));
    participant.decide(afterAnother(aborted(2L, 3, 6)));
    participant.decide(afterAnother(aborted(2L, 1, 7)));
    participant.heartbeat();
    participant.decide(afterAnother(aborted(2L, 3, 8, 1, 7)));
    participant.heartbeat();

    assertThat(outbox.proposals)
        .extracting(command -> command.getRollback().getExpectedEpoch())
        .containsExactly(5L, 6L);
  }

  /** With version 1 as the one that was active before. */
  private static ModelDecision afterAnother(ModelDecision decision) {
    decision.put("previous", 1L);
    return decision;
  }

  @Test
  void shouldReportReadyAndFlipOnlyWhenTheFleetDecides() {
    start();
    participant.decide(prepare(null, 1, 0));
    runTasks();

    assertThat(outbox.lastReport().getPreparation().getReadiness()).isEqualTo(Readiness.READY);
    assertThat(outbox.lastReport().getPreparation().getEpoch()).isEqualTo(0);
    assertThat(instance.calls()).containsExactly("prepare 1");
    participant.decide(active(1, 0, 1));

    assertThat(instance.calls()).containsExactly("prepare 1", "activate 1@0");
    assertThat(outbox.lastReport().getActive()).isEqualTo(1);
    assertThat(outbox.lastReport().getPreparation()).isNull();
  }

  @Test
  void shouldHoldRecordsBackUntilItIsDecidedWhoServesThem() {
    start(active(1, 0, 1));
    ModelDecision prepare = prepare(1L, 2, 5);
    prepare.put("effectiveFrom", NOON);
    participant.decide(prepare);
    runTasks();
    participant.decide(shared());
    participant.decide(active(2, 5, 2));

    assertThat(instance.calls())
        .containsExactly(
            "resume 1",
            "activate 1@0",
            "hold back from " + NOON,
            "prepare 2",
            "activate 2@5 after 1@0 until " + NOON,
            "hold back nothing",
            "activate 2@5",
            "abandon 1");
  }

  /** Who hears of both at a time lets nothing go before the first is carried out. */
  @Test
  void shouldHoldRecordsBackUntilTheyAreServedAsDecidedThoughTheNextPreparationHasBegun() {
    start(active(1, 0, 1));
    ModelDecision prepare = prepare(1L, 2, 5);
    prepare.put("effectiveFrom", NOON);
    participant.decide(prepare);
    runTasks();
    ModelDecision next = shared();
    next.put("phase", Phase.PREPARE);
    next.put("target", 3L);
    next.put("epoch", 6L);
    participant.decide(next);

    assertThat(instance.calls())
        .containsExactly(
            "resume 1",
            "activate 1@0",
            "hold back from " + NOON,
            "prepare 2",
            "activate 2@5 after 1@0 until " + NOON,
            "hold back nothing",
            "prepare 3");
  }

  @Test
  void shouldHoldRecordsBackOnlyFromTheNewestTimeOnOnceTheLastIsGivenUp() {
    start(active(1, 0, 1));
    ModelDecision prepare = prepare(1L, 2, 5);
    prepare.put("effectiveFrom", NOON);
    participant.decide(prepare);
    ModelDecision sooner = prepare(1L, 3, 6);
    sooner.put("effectiveFrom", NOON.minusSeconds(1));
    participant.decide(sooner);
    ModelDecision later = prepare(1L, 4, 7);
    later.put("effectiveFrom", NOON.plusSeconds(1));
    participant.decide(later);

    assertThat(instance.calls())
        .filteredOn(call -> call.startsWith("hold back") || call.startsWith("prepare"))
        .containsExactly(
            "hold back from " + NOON,
            "prepare 2",
            "hold back from " + NOON.minusSeconds(1),
            "prepare 3",
            "hold back from " + NOON.plusSeconds(1),
            "prepare 4");
  }

  @Test
  void shouldTakeRecordsAgainWhenAPromotionFromATimeOnIsGivenUp() {
    start(active(1, 0, 1));
    ModelDecision prepare = prepare(1L, 2, 5);
    prepare.put("effectiveFrom", NOON);
    participant.decide(prepare);
    participant.decide(aborted(1L, 2, 5));

    assertThat(instance.calls())
        .containsExactly(
            "resume 1",
            "activate 1@0",
            "hold back from " + NOON,
            "prepare 2",
            "abandon 2",
            "hold back nothing");
  }

  @Test
  void shouldResumeBothVersionsThatShareTheRecordsWhenItJoinsLate() {
    instance.hanging(1);
    start(shared());

    assertThat(instance.calls()).containsExactly("resume 2", "resume 1");
    instance.finish(1);
    runTasks();

    assertThat(instance.calls())
        .containsExactly("resume 2", "resume 1", "activate 2@5 after 1@0 until " + NOON);
    assertThat(outbox.lastReport().getActive()).isEqualTo(2);
  }

  /** Version 2 from noon on, version 1 before. */
  private static ModelDecision shared() {
    ModelDecision shared = active(2, 5, 2);
    shared.put("previous", 1L);
    shared.put("activeFrom", NOON);
    shared.put(
        "timeline", List.of(new TimelineEntry(1L, null, 0L), new TimelineEntry(2L, NOON, 5L)));
    return shared;
  }

  @Test
  void shouldReportWhyItFailedAndGiveTheVersionBackWhenThePromotionIsAborted() {
    instance.failing(2, "no such file");
    start(active(1, 0, 1));
    participant.decide(prepare(1L, 2, 5));
    runTasks();

    assertThat(outbox.lastReport().getPreparation().getReadiness()).isEqualTo(Readiness.FAILED);
    assertThat(outbox.lastReport().getPreparation().getReason()).isEqualTo("no such file");
    participant.decide(aborted(1L, 2, 5));
    participant.heartbeat();

    assertThat(instance.calls())
        .containsExactly("resume 1", "activate 1@0", "prepare 2", "abandon 2");
    assertThat(outbox.lastReport().getPreparation()).isNull();
  }

  @Test
  void shouldResumeTheActiveVersionFirstWhenItJoinsInTheMiddle() {
    start(prepare(1L, 2, 5));

    assertThat(instance.calls()).containsExactly("resume 1", "prepare 2", "activate 1@0");
  }

  @Test
  void shouldCatchUpWithWhatWasDecidedWithoutIt() {
    instance.hanging(2);
    start(active(1, 0, 1));
    participant.decide(prepare(1L, 2, 5));
    runTasks();
    participant.decide(active(2, 5, 2));
    runTasks();
    assertThat(instance.calls()).doesNotContain("activate 2@5", "abandon 2");

    instance.finish(2);
    runTasks();

    assertThat(instance.calls()).endsWith("activate 2@5");
  }

  @Test
  void shouldNotAbandonWhatItStillServesWhenItIsBehind() {
    start(active(1, 0, 1));
    instance.hanging(2);
    participant.decide(active(2, 5, 2));
    participant.decide(decision(Phase.PREPARE, 2L, 1L, 6, 5, 2));
    participant.decide(decision(Phase.ABORTED, 2L, 1L, 6, 5, 2));
    runTasks();

    assertThat(instance.calls())
        .containsExactly(
            "resume 1",
            "activate 1@0",
            "suspend: the fleet serves digits/2 (epoch 5), not ready on this instance: it is being"
                + " made ready",
            "resume 2",
            "prepare 1");
  }

  @Test
  void shouldServeNothingUntilItHasWhatTheFleetServes() {
    start(active(1, 0, 1));
    instance.failing(2, "no such file");
    participant.decide(prepare(1L, 2, 5));
    runTasks();
    participant.decide(active(2, 5, 2));
    runTasks();
    instance.mended(2);
    elapsed = Duration.ofSeconds(1);
    participant.heartbeat();
    runTasks();

    String behind = "the fleet serves digits/2 (epoch 5), not ready on this instance: ";
    assertThat(instance.calls())
        .containsExactly(
            "resume 1",
            "activate 1@0",
            "prepare 2",
            "suspend: " + behind + "it is being made ready",
            "resume 2",
            "withdraw: " + behind + "no such file",
            "resume 2",
            "activate 2@5");
  }

  /** A joiner, and an instance that failed a promotion which a share was enough for. */
  @Test
  void shouldHoldWhatItResumesToTheManifestThatItWasPromotedWith() {
    ModelDecision one = active(1, 0, 1);
    one.put("activeManifest", Map.of("f", "ab"));
    start(one);
    assertThat(instance.calls()).containsExactly("resume 1 as {f=ab}", "activate 1@0");

    instance.failing(2, "f has another sum");
    ModelDecision preparing = prepare(1L, 2, 5);
    preparing.put("manifest", Map.of("f", "cd"));
    participant.decide(preparing);
    ModelDecision two = active(2, 5, 2);
    two.put("activeManifest", Map.of("f", "cd"));
    participant.decide(two);
    runTasks();

    assertThat(instance.calls()).contains("prepare 2 as {f=cd}", "resume 2 as {f=cd}");
    assertThat(instance.calls()).doesNotContain("activate 2@5");
  }

  /** The promotion without a manifest was given up, and another one begun that it did not see. */
  @Test
  void shouldNotActivateWhatItPreparedOnOtherConditions() {
    start(active(1, 0, 1));
    participant.decide(prepare(1L, 2, 5));
    runTasks();
    ModelDecision two = active(2, 6, 2);
    two.put("activeManifest", Map.of("f", "cd"));
    participant.decide(two);

    assertThat(instance.calls()).endsWith("resume 2 as {f=cd}").doesNotContain("activate 2@6");
  }

  @Test
  void shouldTryAgainToActivateWhatADefectKeptItFrom() {
    start(active(1, 0, 1));
    participant.decide(prepare(1L, 2, 5));
    runTasks();
    instance.breakOnce("activate");
    participant.decide(active(2, 5, 2));
    assertThat(instance.calls())
        .endsWith(
            "defect: a defect in activate",
            "withdraw: the fleet serves digits/2 (epoch 5), not ready on this instance: it could"
                + " not be activated: a defect in activate");
    assertThat(outbox.lastReport().getPreparation().getReadiness()).isEqualTo(Readiness.FAILED);
    assertThat(participant.isUpToDate()).as("it serves nothing meanwhile").isTrue();

    elapsed = Duration.ofSeconds(1);
    participant.heartbeat();
    runTasks();

    assertThat(instance.calls()).endsWith("resume 2", "activate 2@5");
    assertThat(outbox.lastReport().getActive()).isEqualTo(2);
  }

  @Test
  void shouldNotCountADecisionAsDoneThatADefectKeepsItFrom() {
    start(active(1, 0, 1));
    instance.breakOnce("suspend");
    participant.decide(active(2, 5, 2));
    assertThat(participant.isUpToDate()).isFalse();
    assertThat(instance.calls()).endsWith("defect: a defect in suspend");
    assertThat(outbox.lastReport().getPreparation().getReason())
        .isEqualTo("what is decided could not be done: a defect in suspend");
    participant.heartbeat();
    assertThat(participant.isUpToDate()).as("not all the time").isFalse();

    elapsed = Duration.ofSeconds(1);
    participant.heartbeat();
    runTasks();

    assertThat(participant.isUpToDate()).isTrue();
    assertThat(instance.calls()).endsWith("resume 2", "activate 2@5");
  }

  @Test
  void shouldServeOnlyOnceItRestsWhereTheRestIsKeptFromIt() {
    start(active(1, 0, 1));
    participant.decide(prepare(1L, 2, 5));
    runTasks();
    instance.breakOnce("activate");
    instance.breakOnce("withdraw");
    participant.decide(active(2, 5, 2));
    assertThat(participant.isUpToDate()).isFalse();

    elapsed = Duration.ofSeconds(1);
    participant.heartbeat();

    assertThat(participant.isUpToDate()).isTrue();
    assertThat(instance.calls()).anyMatch(call -> call.startsWith("suspend: "));
  }

  @Test
  void shouldServeNothingByWhatItDoesNotUnderstand() {
    start(active(1, 0, 1));
    ModelDecision beyond = active(2, 5, 2);
    beyond.put("phase", Phase.UNKNOWN);
    beyond.put("protocolLevel", ProtocolLevel.CURRENT + 1);
    instance.aspire(7);
    participant.decide(beyond);
    participant.heartbeat();

    String why =
        "what is decided about model digits takes protocol level %d (this instance: %d); upgrade it"
            .formatted(ProtocolLevel.CURRENT + 1, ProtocolLevel.CURRENT);
    assertThat(instance.calls()).containsExactly("resume 1", "activate 1@0", "withdraw: " + why);
    assertThat(outbox.lastReport().getActive()).isNull();
    assertThat(outbox.lastReport().getPreparation().getReason()).isEqualTo(why);
    assertThat(outbox.proposals).isEmpty();
    participant.decide(active(1, 0, 1));
    runTasks();
    assertThat(instance.calls()).endsWith("resume 1", "activate 1@0");
  }

  @Test
  void shouldGiveUpWhatItMakesReadyWhenADecisionIsBeyondItsUnderstanding() {
    start(active(1, 0, 1));
    instance.hanging(2);
    participant.decide(prepare(1L, 2, 5));
    ModelDecision beyond = active(3, 6, 3);
    beyond.put("protocolLevel", ProtocolLevel.CURRENT + 1);
    participant.decide(beyond);
    instance.finish(2);
    runTasks();

    assertThat(instance.calls())
        .filteredOn(call -> !call.startsWith("withdraw: "))
        .as("what serves here stays ready")
        .containsExactly("resume 1", "activate 1@0", "prepare 2", "abandon 2");
    assertThat(outbox.lastReport().getPreparation().getVersion()).isEqualTo(3);
  }

  @Test
  void shouldGiveUpCatchingUpWhenADecisionIsBeyondItsUnderstanding() {
    start(active(1, 0, 1));
    instance.hanging(2);
    participant.decide(active(2, 5, 2));
    ModelDecision beyond = active(1, 6, 2);
    beyond.put("protocolLevel", ProtocolLevel.CURRENT + 1);
    participant.decide(beyond);
    instance.finish(2);
    runTasks();

    assertThat(instance.calls())
        .filteredOn(call -> !call.startsWith("suspend: ") && !call.startsWith("withdraw: "))
        .containsExactly("resume 1", "activate 1@0", "resume 2", "abandon 2");
    assertThat(outbox.lastReport().getActive()).isNull();
  }

  @Test
  void shouldBoundWhatItReports() {
    instance.failing(2, "x".repeat(900_000));
    for (long version = 2; version <= 300; version++) {
      instance.aspire(version);
    }
    start(active(1, 0, 1));
    participant.decide(prepare(1L, 2, 5));
    runTasks();

    InstanceReport report = outbox.lastReport();
    assertThat(report.getPreparation().getReason()).hasSize(4_001);
    assertThat(report.getVersions()).hasSize(100).last().extracting("version").isEqualTo(300L);
    assertThat(ControlMessages.encode(report)).hasSizeLessThan(50_000);
  }

  @Test
  void shouldHoldWhatUsersHold() {
    ModelDecision decision = active(1, 0, 1);
    decision.put("labels", Map.of("canary", 2L));
    decision.put("unloaded", List.of(3L));
    decision.put("paused", List.of("p"));
    start(decision);
    participant.decide(active(1, 0, 1));

    assertThat(instance.calls())
        .containsExactly(
            "hold [2] without [3] pausing [p]", "resume 1", "activate 1@0", "hold [] without []");
  }

  @Test
  void shouldPassTheManifestOn() {
    start(active(1, 0, 1));
    ModelDecision preparing = prepare(1L, 2, 5);
    preparing.put("manifest", Map.of("saved_model.pb", "ab"));
    participant.decide(preparing);

    assertThat(instance.calls()).last().isEqualTo("prepare 2 as {saved_model.pb=ab}");
  }

  @Test
  void shouldTryToCatchUpUntilItSucceedsButNotAllTheTime() {
    instance.failing(1, "registry does not answer");
    start(active(1, 0, 1));
    participant.heartbeat();
    runTasks();
    assertThat(instance.calls()).containsExactly("resume 1");
    assertThat(outbox.lastReport().getPreparation().getReadiness()).isEqualTo(Readiness.FAILED);

    elapsed = Duration.ofSeconds(1);
    participant.heartbeat();
    runTasks();
    elapsed = Duration.ofSeconds(2);
    participant.heartbeat();
    runTasks();
    assertThat(instance.calls()).containsExactly("resume 1", "resume 1");

    instance.mended(1);
    elapsed = Duration.ofSeconds(3);
    participant.heartbeat();
    runTasks();

    assertThat(instance.calls())
        .containsExactly("resume 1", "resume 1", "resume 1", "activate 1@0");
  }

  @Test
  void shouldIgnoreTheOutcomeOfWhatIsNotWantedAnyMore() {
    instance.hanging(2);
    start(active(1, 0, 1));
    participant.decide(prepare(1L, 2, 5));
    participant.decide(aborted(1L, 2, 5));
    instance.finish(2);
    runTasks();

    assertThat(instance.calls())
        .containsExactly("resume 1", "activate 1@0", "prepare 2", "abandon 2");
    assertThat(outbox.lastReport().getPreparation()).isNull();
  }

  @Test
  void shouldIgnoreADecisionThatItKnowsAndModelsThatItDoesNotServe() {
    start(active(1, 0, 1));
    participant.decide(active(1, 0, 1));
    ModelDecision other = active(1, 0, 1);
    other.put("model", "reviews");
    participant.decide(other);
    runTasks();

    assertThat(instance.calls()).containsExactly("resume 1", "activate 1@0");
  }

  @Test
  void shouldSayThatItLeavesAndNothingAfterwards() {
    start(active(1, 0, 1));
    int reports = outbox.reports.size();
    participant.leave();
    participant.heartbeat();
    runTasks();

    assertThat(outbox.departures).containsExactly("a/digits");
    assertThat(outbox.reports).hasSize(reports);
  }

  @Test
  void shouldDepartWithAModelThatIsGoneAndBeginAnewWhenItComesBack() {
    // given a version that is being prepared
    start(active(1, 0, 1));
    instance.hanging(2);
    ModelDecision prepare = prepare(1L, 2, 5);
    participant.decide(prepare);
    // when the model goes, the preparation ends, and the model comes back
    instance.serve(false);
    participant.modelsReplaced();
    instance.finish(2);
    runTasks();
    int reports = outbox.reports.size();
    participant.heartbeat();
    assertThat(outbox.departures).containsExactly("a/digits");
    assertThat(outbox.reports).as("nothing of what is gone").hasSize(reports);
    instance.serve(true);
    participant.modelsReplaced();
    runTasks();
    // then it resumes what serves, and takes part in the preparation
    assertThat(instance.calls())
        .containsExactly(
            "resume 1", "activate 1@0", "prepare 2", "resume 1", "prepare 2", "activate 1@0");
    assertThat(outbox.lastReport().getActive()).isEqualTo(1);
    assertThat(outbox.lastReport().getPreparation().getReadiness()).isEqualTo(Readiness.READY);
  }

  @Test
  void shouldProposeTheFirstVersionOfAModelThatComesOnceAReportOfItIsSafe() {
    // given a report of a model of that name, on its way
    instance.serve(false);
    start();
    instance.serve(true);
    CompletableFuture<Void> late = new CompletableFuture<>();
    outbox.safe = late;
    participant.modelsReplaced();
    instance.serve(false);
    participant.modelsReplaced();
    // when the model comes again, and only the report of the one before is safe
    instance.serve(true);
    outbox.safe = new CompletableFuture<>();
    participant.modelsReplaced();
    late.complete(null);
    runTasks();
    assertThat(outbox.proposals).isEmpty();
    outbox.safe.complete(null);
    runTasks();
    // then
    assertThat(outbox.proposedVersions()).containsExactly(1L);
  }

  /** What a reload brings begins with what was told, though more may have been read by then. */
  @Test
  void shouldBeginAModelThatComesWithTheNewestDecisionThatItWasTold() {
    instance.serve(false);
    start();
    participant.decide(active(1, 0, 1));
    participant.decide(active(2, 5, 2));
    instance.serve(true);

    participant.modelsReplaced();
    runTasks();
    participant.decide(active(1, 6, 2));
    runTasks();

    assertThat(instance.calls())
        .filteredOn(call -> call.startsWith("activate "))
        .containsExactly("activate 2@5", "activate 1@6");
  }

  /** Such as when the decisions were lost, and those before are written again. */
  @Test
  void shouldServeAgainWhatItServedWhenTheFleetTakesBackWhatItIsBehindWith() {
    start(active(1, 0, 1));
    instance.hanging(2);
    participant.decide(active(2, 5, 2));
    runTasks();
    assertThat(instance.calls()).last().asString().startsWith("resume 2");

    participant.decide(active(1, 0, 1));
    runTasks();

    assertThat(instance.calls()).endsWith("activate 1@0");
  }

  @Test
  void shouldLeaveAloneTheModelsThatStay() {
    start(active(1, 0, 1));
    participant.modelsReplaced();
    runTasks();

    assertThat(instance.calls()).containsExactly("resume 1", "activate 1@0");
    assertThat(outbox.departures).isEmpty();
  }

  private void start(ModelDecision... decisions) {
    participant.start(decisions.length == 0 ? Map.of() : Map.of(FakeInstance.MODEL, decisions[0]));
    runTasks();
  }

  private void runTasks() {
    for (Runnable task = controlThread.poll(); task != null; task = controlThread.poll()) {
      task.run();
    }
  }

  private static ModelDecision prepare(@Nullable Long active, long target, long epoch) {
    return decision(Phase.PREPARE, active, target, epoch, 0, target);
  }

  private static ModelDecision active(long version, long epoch, long newestTried) {
    return decision(Phase.ACTIVE, version, null, epoch, epoch, newestTried);
  }

  private static ModelDecision aborted(@Nullable Long active, long target, long epoch) {
    return decision(Phase.ABORTED, active, target, epoch, 0, target);
  }

  /** After another version was given up. */
  private static ModelDecision aborted(
      @Nullable Long active, long target, long epoch, long before, long epochBefore) {
    ModelDecision decision = aborted(active, target, epoch);
    decision.put("givenUp", List.of(new GivenUp(before, epochBefore), new GivenUp(target, epoch)));
    return decision;
  }

  private static ModelDecision decision(
      Phase phase,
      @Nullable Long active,
      @Nullable Long target,
      long epoch,
      long activeEpoch,
      long newestTried) {
    return ModelDecision.newBuilder()
        .setModel(FakeInstance.MODEL)
        .setPhase(phase)
        .setActive(active)
        .setTarget(target)
        .setEpoch(epoch)
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
        .setTimeline(
            active == null ? List.of() : List.of(new TimelineEntry(active, null, activeEpoch)))
        .setGivenUp(phase == Phase.ABORTED ? List.of(new GivenUp(target, epoch)) : List.of())
        .setProtocolLevel(1)
        .build();
  }

  /** Keeps what is sent; whether it is safe is the test's to say. */
  private static final class RecordingOutbox implements Outbox {
    private final List<InstanceReport> reports = new ArrayList<>();
    private final List<Command> proposals = new ArrayList<>();
    private final List<String> departures = new ArrayList<>();
    private CompletableFuture<Void> safe = CompletableFuture.completedFuture(null);

    List<Long> proposedVersions() {
      return proposals.stream().map(command -> command.getPromote().getVersion()).toList();
    }

    InstanceReport lastReport() {
      return reports.get(reports.size() - 1);
    }

    @Override
    public CompletionStage<Void> report(InstanceReport report) {
      reports.add(report);
      return safe;
    }

    @Override
    public CompletionStage<Void> depart(String instance, String model) {
      departures.add(instance + "/" + model);
      return safe;
    }

    @Override
    public CompletionStage<Long> propose(Command command) {
      proposals.add(command);
      long offset = proposals.size();
      return safe.thenApply(nothing -> offset);
    }
  }
}

package io.penstock.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.schemas.Command;
import io.penstock.schemas.GivenUp;
import io.penstock.schemas.InstanceReport;
import io.penstock.schemas.ModelDecision;
import io.penstock.schemas.Phase;
import io.penstock.schemas.Readiness;
import io.penstock.schemas.TimelineEntry;
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
        .containsExactly("resume 1", "activate 1@0", "resume 2", "prepare 1");
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
        .setTimeline(
            active == null ? List.of() : List.of(new TimelineEntry(active, null, activeEpoch)))
        .setGivenUp(
            phase == Phase.ABORTED && active == null
                ? List.of(new GivenUp(target, epoch))
                : List.of())
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

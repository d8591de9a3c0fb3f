package io.penstock.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import io.penstock.batching.BatchLimits;
import io.penstock.batching.Batcher;
import io.penstock.batching.FakeModel;
import io.penstock.batching.FakePlan;
import io.penstock.batching.InFlightBudget;
import io.penstock.batching.VersionBinding;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.streams.errors.StreamsException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ThreadLaneTest {

  private static final Duration MAX_WAIT = Duration.ofSeconds(150);
  private static final Duration MAX_TRANSACTION = Duration.ofSeconds(7);
  private final FakePlan plan = new FakePlan(8, 5_000_000);
  private final BatchLimits limits = new BatchLimits(8, 1 << 20, plan, null, 32, 1 << 20);

  private final VersionBinding version = new FakeModel(2).binding();
  private final Decided serving = new Decided();
  private long nanos;
  private Duration passesByWaiting = Duration.ZERO;
  private final ThreadLane lane =
      new ThreadLane(
          new Batcher(limits, InFlightBudget.unlimited(), batch -> {}, this::tick, rows -> {}),
          limits,
          new PipelineSettings.WaitLimits(
              MAX_WAIT.toNanos(), MAX_TRANSACTION.toNanos(), Duration.ofMillis(10)),
          new PipelineStatistics(),
          this::tick);

  @Test
  void shouldBlameTheVersionWhenTheTransactionsTimeWentByWaitingForIt() {
    lane.forwarded();
    version.runBegan(nanos);
    passesByWaiting = Duration.ofMillis(50);

    StreamsException late = awaitUntilLate();

    assertThat(late).isInstanceOf(ModelUnresponsiveException.class);
    assertThat(((ModelUnresponsiveException) late).version()).isEqualTo(version.id());
    assertThat(plan.lateCommits()).isEqualTo(1);
  }

  /** Each record waits for far less, and all together for more than a group waits for a poll. */
  @Test
  void shouldCountFromThePollWhateverNumberOfRecordsWaits() {
    lane.polled();
    version.runBegan(nanos);
    passesByWaiting = Duration.ofMillis(50);
    StreamsException late =
        catchThrowableOfType(
            StreamsException.class,
            () -> {
              while (true) {
                passesByWaiting = Duration.ZERO;
                lane.recordComes();
                passesByWaiting = Duration.ofMillis(50);
                awaitOnce();
              }
            });

    assertThat(late).isInstanceOf(ModelUnresponsiveException.class);
    assertThat(nanos).isCloseTo(MAX_WAIT.toNanos(), within(MAX_WAIT.toNanos() / 100));
  }

  @Test
  void shouldHaveTheWholeTimeAgainAfterAPoll() {
    passesByWaiting = Duration.ofMillis(50);
    for (int i = 0; i < 10_000; i++) {
      lane.polled();
      awaitOnce();
    }

    assertThat(nanos).isGreaterThan(MAX_WAIT.toNanos());
  }

  @Test
  void shouldNotBlameTheVersionForASearchOfBadRecords() {
    lane.forwarded();
    version.runBegan(nanos);
    version.searchBegan(nanos);
    passesByWaiting = Duration.ofMillis(50);

    assertThat(awaitUntilLate())
        .isNotInstanceOf(ModelFailedException.class)
        .hasMessageContaining("bad records of a batch were searched for");
    assertThat(plan.lateCommits()).isEqualTo(1);
  }

  @Test
  void shouldBeFullOfTheRecordsOfAllItsTasks() {
    for (int i = 0; i < 31; i++) {
      lane.admitted(10);
    }
    assertThat(lane.isFull()).isFalse();

    lane.admitted(10);
    assertThat(lane.isFull()).isTrue();

    lane.left(2, 20);
    assertThat(lane.isFull()).isFalse();

    lane.admitted(1 << 20);
    assertThat(lane.isFull()).isTrue();
  }

  @Test
  void shouldNotBlameTheVersionWhenSomethingElseHeldTheThreadUp() {
    lane.forwarded();
    nanos += MAX_TRANSACTION.toNanos();

    assertThat(awaitUntilLate())
        .isNotInstanceOf(ModelFailedException.class)
        .hasMessageContaining("Something else held the thread up");
    assertThat(plan.lateCommits()).isZero();
  }

  @Test
  void shouldNotBlameAVersionOfWhichNoRunWasOnItsWay() {
    lane.forwarded();
    passesByWaiting = Duration.ofMillis(50);

    assertThat(awaitUntilLate())
        .isNotInstanceOf(ModelFailedException.class)
        .hasMessageContaining("with a run of the version on its way for 0 ms")
        .hasMessageContaining("raise inference.threads");
  }

  @Test
  void shouldNotBlameAVersionWhoseRunWasOnItsWayForLessThanHalfOfTheTime() {
    lane.forwarded();
    passesByWaiting = Duration.ofMillis(50);
    while (nanos < MAX_TRANSACTION.toNanos() * 6 / 10) {
      awaitOnce();
    }
    version.runBegan(nanos);

    assertThat(awaitUntilLate()).isNotInstanceOf(ModelFailedException.class);
  }

  @Test
  void shouldBlameAVersionWhoseRunsWereOnTheirWayForMoreThanHalfOfTheTime() {
    lane.forwarded();
    passesByWaiting = Duration.ofMillis(50);
    version.runBegan(nanos);
    while (nanos < MAX_TRANSACTION.toNanos() * 6 / 10) {
      awaitOnce();
      version.runBegan(nanos);
      version.runEnded(nanos);
    }
    version.runEnded(nanos);

    assertThat(awaitUntilLate()).isInstanceOf(ModelUnresponsiveException.class);
  }

  @Test
  void shouldNotBlameTheVersionWhenTheProcessWasStopped() {
    lane.forwarded();
    version.runBegan(nanos);
    passesByWaiting = MAX_TRANSACTION;

    assertThat(awaitUntilLate()).isNotInstanceOf(ModelFailedException.class);
  }

  @Test
  void shouldForgetWhatWasWaitedInTheTransactionBefore() {
    version.runBegan(nanos);
    lane.forwarded();
    passesByWaiting = Duration.ofMillis(50);
    for (int i = 0; i < 120; i++) {
      awaitOnce();
    }
    lane.committing();
    lane.work();
    passesByWaiting = Duration.ZERO;

    lane.forwarded();
    nanos += MAX_TRANSACTION.toNanos();

    assertThat(awaitUntilLate()).isNotInstanceOf(ModelFailedException.class);
  }

  @Test
  void shouldTakeNothingOnceWhatTheFleetServesIsNotKnown() {
    serving.knownUntil = 100;
    assertThat(lane.take(serving, "task 0_0").latest()).isSameAs(version);
    nanos = 100;

    assertThatThrownBy(() -> lane.take(serving, "task 0_0"))
        .isInstanceOf(UnknownDecisionsException.class)
        .hasMessageStartingWith("task 0_0: what the fleet serves was known until 0 ms ago");
    assertThatThrownBy(lane::throwIfFailed).isInstanceOf(UnknownDecisionsException.class);
  }

  /** The process stood still while a transaction was open. */
  @Test
  void shouldNotCommitWhatWasTakenByWhatIsNotKnownAnyMore() {
    serving.knownUntil = 100;
    lane.take(serving, "task 0_0");
    lane.forwarded();
    lane.requireKnown(serving, "task 0_0");
    nanos = 101;

    assertThatThrownBy(() -> lane.requireKnown(serving, "task 0_0"))
        .isInstanceOf(UnknownDecisionsException.class);
  }

  @Test
  void shouldCommitWhatWasTakenByWhatStillServes() {
    serving.knownUntil = 100;
    lane.take(serving, "task 0_0");
    lane.forwarded();
    nanos = 101;
    serving.knownUntil = 200;

    assertThatCode(() -> lane.requireKnown(serving, "task 0_0")).doesNotThrowAnyException();
  }

  /** It is known again before the thread goes on, and the fleet has moved on. */
  @Test
  void shouldNotCommitLateWhatTheFleetHasLeft() {
    serving.knownUntil = 100;
    lane.take(serving, "task 0_0");
    lane.forwarded();
    serving.current = version.in(7);
    nanos = 101;
    serving.knownUntil = 200;

    assertThatThrownBy(() -> lane.requireKnown(serving, "task 0_0"))
        .isInstanceOf(UnknownDecisionsException.class);
  }

  @Test
  void shouldCommitBothSidesOfACutoverInTimeAndNotLate() {
    serving.knownUntil = 100;
    lane.take(serving, "task 0_0");
    lane.forwarded();
    serving.current = version.in(7);
    serving.knownUntil = 200;
    lane.take(serving, "task 0_0");
    nanos = 100;
    lane.requireKnown(serving, "task 0_0");
    nanos = 101;

    assertThatThrownBy(() -> lane.requireKnown(serving, "task 0_0"))
        .isInstanceOf(UnknownDecisionsException.class);
  }

  @Test
  void shouldForgetWhatWasCommitted() {
    serving.knownUntil = 100;
    lane.take(serving, "task 0_0");
    lane.forwarded();
    lane.committing();
    lane.work();
    nanos = 500;
    lane.requireKnown(serving, "task 0_0");
    serving.knownUntil = 600;

    assertThat(lane.take(serving, "task 0_0").latest()).isSameAs(version);
    assertThatCode(() -> lane.requireKnown(serving, "task 0_0")).doesNotThrowAnyException();
  }

  /** Two versions take turns by the same decision: neither is left by that. */
  @Test
  void shouldCommitWhatVersionsHaveTakenThatShareTheRecords() {
    serving.shared = Serving.shared(version.in(8), version.in(7), 1_000);
    serving.knownUntil = 100;
    assertThat(lane.take(serving, "task 0_0").at(999)).isSameAs(serving.shared.earlier());
    lane.forwarded();
    nanos = 90;
    serving.knownUntil = 200;
    assertThat(lane.take(serving, "task 0_0").at(1_000)).isSameAs(serving.shared.latest());
    nanos = 150;

    assertThatCode(() -> lane.requireKnown(serving, "task 0_0")).doesNotThrowAnyException();
  }

  /** What serves, until when. */
  private final class Decided implements ServingVersion {
    private VersionBinding current = version;
    private @Nullable Serving shared;
    private long knownUntil;

    @Override
    public VersionBinding current() {
      return current;
    }

    @Override
    public Serving serving() {
      return shared == null ? Serving.all(current) : shared;
    }

    @Override
    public long knownForNanos(long nowNanos) {
      return knownUntil - nowNanos;
    }
  }

  private StreamsException awaitUntilLate() {
    return catchThrowableOfType(
        StreamsException.class,
        () -> {
          while (true) {
            awaitOnce();
          }
        });
  }

  private void awaitOnce() {
    nanos -= passesByWaiting.toNanos(); // The first look comes before the wait.
    LockSupport.unpark(Thread.currentThread()); // The wait itself is over at once.
    lane.await("task 0_0", 1, version);
  }

  /** Time passes whenever somebody looks. */
  private long tick() {
    nanos += passesByWaiting.toNanos();
    return nanos;
  }
}

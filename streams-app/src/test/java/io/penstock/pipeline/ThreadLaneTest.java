package io.penstock.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.penstock.batching.BatchLimits;
import io.penstock.batching.Batcher;
import io.penstock.batching.ByteBudget;
import io.penstock.batching.FakeModel;
import io.penstock.batching.VersionBinding;
import java.time.Duration;
import org.apache.kafka.streams.errors.StreamsException;
import org.junit.jupiter.api.Test;

class ThreadLaneTest {

  private static final Duration MAX_TRANSACTION = Duration.ofSeconds(7);
  private static final BatchLimits LIMITS =
      new BatchLimits(8, 1 << 20, Duration.ofMillis(5), null, 32, 1 << 20);

  private final VersionBinding version = new FakeModel(2).binding();
  private long nanos;
  private Duration passesByWaiting = Duration.ZERO;
  private final ThreadLane lane =
      new ThreadLane(
          new Batcher(LIMITS, ByteBudget.unlimited(), batch -> {}, this::tick, rows -> {}),
          new PipelineSettings.WaitLimits(
              Duration.ofSeconds(150).toNanos(), MAX_TRANSACTION.toNanos(), Duration.ofMillis(10)),
          LIMITS.plan(),
          new PipelineStatistics(),
          this::tick);

  @Test
  void shouldBlameTheVersionWhenTheTransactionsTimeWentByWaitingForIt() {
    lane.forwarded();
    passesByWaiting = Duration.ofMillis(500);

    StreamsException late = awaitUntilLate();

    assertThat(late).isInstanceOf(ModelUnresponsiveException.class);
    assertThat(((ModelUnresponsiveException) late).version()).isEqualTo(version.id());
  }

  @Test
  void shouldNotBlameTheVersionWhenSomethingElseHeldTheThreadUp() {
    lane.forwarded();
    nanos += MAX_TRANSACTION.toNanos();

    assertThat(awaitUntilLate())
        .isNotInstanceOf(ModelFailedException.class)
        .hasMessageContaining("Something else held the thread up");
  }

  @Test
  void shouldForgetWhatWasWaitedInTheTransactionBefore() {
    lane.forwarded();
    passesByWaiting = Duration.ofSeconds(6);
    lane.await("task 0_0", 1, version);
    lane.committing();
    lane.work();
    passesByWaiting = Duration.ZERO;

    lane.forwarded();
    nanos += MAX_TRANSACTION.toNanos();

    assertThat(awaitUntilLate()).isNotInstanceOf(ModelFailedException.class);
  }

  private StreamsException awaitUntilLate() {
    return catchThrowableOfType(
        StreamsException.class,
        () -> {
          while (true) {
            nanos -= passesByWaiting.toNanos(); // The first look comes before the wait.
            lane.await("task 0_0", 1, version);
          }
        });
  }

  /** Time passes whenever somebody looks. */
  private long tick() {
    nanos += passesByWaiting.toNanos();
    return nanos;
  }
}

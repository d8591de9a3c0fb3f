package io.penstock.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.batching.Deadlines;
import io.penstock.pipeline.PipelineSettings.WaitLimits;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class PipelineSettingsTest {

  private static final Duration RUN_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration POLL = Duration.ofMillis(10);

  @Test
  void shouldGiveUpOnARunBeforeTheTransactionThatWaitsForItIsLate() {
    WaitLimits exactlyOnce =
        new WaitLimits(Duration.ofSeconds(150).toNanos(), Duration.ofMillis(7500).toNanos(), POLL);

    assertThat(exactlyOnce.deadlines(RUN_TIMEOUT))
        .isEqualTo(
            new Deadlines(
                Duration.ofMillis(7500),
                "transaction.timeout.ms",
                Duration.ofMillis(5625),
                "transaction.timeout.ms"));
  }

  @Test
  void shouldGiveUpOnARunBeforeTheThreadIsTakenForDead() {
    WaitLimits atLeastOnce = new WaitLimits(Duration.ofSeconds(5).toNanos(), Long.MAX_VALUE, POLL);

    assertThat(atLeastOnce.deadlines(RUN_TIMEOUT))
        .isEqualTo(
            new Deadlines(
                Duration.ofSeconds(5),
                "max.poll.interval.ms",
                Duration.ofMillis(3750),
                "max.poll.interval.ms"));
  }

  @Test
  void shouldGiveUpOnARunByItsOwnTimeoutWhereCommitsCanWaitLonger() {
    WaitLimits atLeastOnce =
        new WaitLimits(Duration.ofSeconds(150).toNanos(), Long.MAX_VALUE, POLL);

    assertThat(atLeastOnce.deadlines(RUN_TIMEOUT))
        .isEqualTo(
            new Deadlines(
                Duration.ofSeconds(150),
                "max.poll.interval.ms",
                RUN_TIMEOUT,
                "inference.run-timeout"));
  }
}

package io.penstock.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.batching.VersionQuarantinedException;
import java.time.Duration;
import org.apache.kafka.streams.errors.StreamsException;
import org.junit.jupiter.api.Test;

final class FailurePolicyTest {

  private final FailurePolicy policy = new FailurePolicy();

  @Test
  void shouldHaltAtOnceWhenTheVersionIsNotRunAnyMore() {
    StreamsException failure =
        new StreamsException(
            "task 0_0 failed", new VersionQuarantinedException("a run has not returned"));

    assertThat(policy.judge(failure, 0))
        .isEqualTo(new FailurePolicy.Verdict.Halt("a run has not returned"));
  }

  @Test
  void shouldReplaceAThreadThatFailedForAnotherReason() {
    assertThat(policy.judge(new StreamsException("fenced"), 0))
        .isEqualTo(new FailurePolicy.Verdict.Replace(Duration.ofMillis(100)));
  }
}

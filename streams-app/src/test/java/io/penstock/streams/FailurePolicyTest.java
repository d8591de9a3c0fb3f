package io.penstock.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.batching.VersionQuarantinedException;
import io.penstock.model.ServableId;
import io.penstock.pipeline.ModelFailedException;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.streams.errors.StreamsException;
import org.junit.jupiter.api.Test;

final class FailurePolicyTest {

  private final FailurePolicy policy = new FailurePolicy();

  @Test
  void shouldRefuseAtOnceAVersionThatIsNotRunAnyMore() {
    Throwable failure =
        new StreamsException(
            "task 0_0 failed",
            failed(2, new VersionQuarantinedException("a run has not returned")));

    assertThat(policy.judge(failure, 0))
        .isEqualTo(new FailurePolicy.Verdict.Refuse(version(2), "a run has not returned"));
  }

  @Test
  void shouldHaltAndSayWhoKnowsMoreWhenAccessIsDenied() {
    Throwable failure =
        new StreamsException("task 0_0 failed", new TopicAuthorizationException("not authorized"));

    assertThat(policy.judge(failure, 0))
        .isInstanceOfSatisfying(
            FailurePolicy.Verdict.Halt.class,
            halt ->
                assertThat(halt.reason())
                    .startsWith("not authorized (")
                    .contains("penstock acls", "penstock config check"));
  }

  @Test
  void shouldSayWhatIsDeniedWhereKafkaDoesNot() {
    Throwable failure =
        new StreamsException("task 0_0 failed", new TransactionalIdAuthorizationException("no"));

    assertThat(policy.judge(failure, 0))
        .isInstanceOfSatisfying(
            FailurePolicy.Verdict.Halt.class,
            halt -> assertThat(halt.reason()).contains("Write on the transactional ids"));
  }

  /** Such as a record without a key for a compacted topic: it would be refused again and again. */
  @Test
  void shouldHaltWhenATopicRefusesAnOutcome() {
    for (Exception refusal :
        List.of(
            new RecordTooLargeException("too large"),
            new InvalidRecordException("no key"),
            new InvalidTimestampException("in the future"))) {
      assertThat(policy.judge(new StreamsException("task 0_0 failed", refusal), 0))
          .isInstanceOfSatisfying(
              FailurePolicy.Verdict.Halt.class,
              halt ->
                  assertThat(halt.reason())
                      .startsWith(refusal.getMessage() + " (a topic refuses an outcome"));
    }
  }

  @Test
  void shouldRefuseAVersionThatFailsThreeTimesWithinTenMinutes() {
    long minute = Duration.ofMinutes(1).toMillis();
    List<FailurePolicy.Verdict> verdicts =
        LongStream.of(0, 6, 12, 13)
            .mapToObj(at -> policy.judge(failed(2, new IllegalStateException()), at * minute))
            .toList();

    assertThat(verdicts.subList(0, 3)).hasOnlyElementsOfType(FailurePolicy.Verdict.Replace.class);
    assertThat(verdicts.get(3))
        .isEqualTo(new FailurePolicy.Verdict.Refuse(version(2), "the run failed"));
  }

  @Test
  void shouldCountTheFailuresOfAnotherVersionAnew() {
    policy.judge(failed(2, new IllegalStateException()), 0);
    policy.judge(failed(2, new IllegalStateException()), 1_000);

    assertThat(policy.judge(failed(1, new IllegalStateException()), 2_000))
        .isInstanceOf(FailurePolicy.Verdict.Replace.class);
  }

  @Test
  void shouldCountAFailureOnceThatSeveralThreadsSee() {
    List<FailurePolicy.Verdict> verdicts =
        LongStream.of(0, 1, 999, 5_000, 5_001)
            .mapToObj(at -> policy.judge(failed(2, new IllegalStateException()), at))
            .toList();

    assertThat(verdicts).hasOnlyElementsOfType(FailurePolicy.Verdict.Replace.class);
  }

  @Test
  void shouldHaltForGoodWhenAThreadHasNoMemory() {
    assertThat(policy.judge(new StreamsException(new OutOfMemoryError("heap")), 0))
        .isEqualTo(new FailurePolicy.Verdict.Halt("heap"));
  }

  @Test
  void shouldBlameTheVersionWhoseRunsHaveTooLittleMemory() {
    List<FailurePolicy.Verdict> verdicts =
        LongStream.of(0, 2_000, 4_000)
            .mapToObj(at -> policy.judge(failed(2, new OutOfMemoryError("heap")), at))
            .toList();

    assertThat(verdicts.subList(0, 2)).hasOnlyElementsOfType(FailurePolicy.Verdict.Replace.class);
    assertThat(verdicts.get(2))
        .isEqualTo(new FailurePolicy.Verdict.Refuse(version(2), "the run failed"));
  }

  private static ModelFailedException failed(long version, Throwable cause) {
    return new ModelFailedException(version(version), "the run failed", cause);
  }

  private static ServableId version(long version) {
    return new ServableId("fraud", version);
  }

  @Test
  void shouldReplaceAThreadThatFailedForAnotherReason() {
    assertThat(policy.judge(new StreamsException("fenced"), 0))
        .isEqualTo(new FailurePolicy.Verdict.Replace(Duration.ofMillis(100)));
  }
}

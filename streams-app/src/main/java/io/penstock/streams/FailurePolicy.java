package io.penstock.streams;

import io.penstock.batching.VersionQuarantinedException;
import io.penstock.model.ServableId;
import io.penstock.pipeline.ModelFailedException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.streams.errors.MissingSourceTopicException;
import org.jspecify.annotations.Nullable;

/**
 * What to do when a stream thread dies: replace it after a back-off, run the version no more that
 * is to blame, or halt the pipeline because trying again cannot help.
 *
 * <p>Not thread-safe; the pipeline guards it.
 */
final class FailurePolicy {

  /** Failures of a version within {@link #MEMORY} after which it is not run any more. */
  static final int MAX_MODEL_FAILURES = 3;

  static final Duration MEMORY = Duration.ofMinutes(10);

  /** Stream threads whose batches ran together, or that one stall held up, fail within it. */
  static final Duration SAME_FAILURE = Duration.ofSeconds(1);

  static final Duration FIRST_BACK_OFF = Duration.ofMillis(100);
  private static final Duration MAX_BACK_OFF = Duration.ofSeconds(5);

  private final Deque<Long> failures = new ArrayDeque<>();
  private final Deque<Long> modelFailures = new ArrayDeque<>();

  /** The version whose failures are counted: another one begins anew. */
  private @Nullable ServableId blamed;

  /** What follows from a failure. */
  sealed interface Verdict {

    /** Start another thread after that time. */
    record Replace(Duration backOff) implements Verdict {}

    /** Run that version no more; while it serves, the pipeline stops. */
    record Refuse(ServableId version, String reason) implements Verdict {}

    /** Stop the pipeline for good and say why. */
    record Halt(String reason) implements Verdict {}
  }

  /**
   * @param failure what ended the thread
   * @param nowMillis a monotonic clock
   */
  Verdict judge(Throwable failure, long nowMillis) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof InputLostException
          || cause instanceof AuthenticationException
          || cause instanceof UnsupportedVersionException
          || cause instanceof MissingSourceTopicException
          || cause instanceof VirtualMachineError) {
        return new Verdict.Halt(describe(cause));
      }
      if (cause instanceof RecordTooLargeException
          || cause instanceof InvalidRecordException
          || cause instanceof InvalidTimestampException) {
        return new Verdict.Halt(
            describe(cause)
                + " (a topic refuses an outcome, and would each time that its record is read again:"
                + " look at the topic's max.message.bytes, cleanup.policy and message.timestamp"
                + " settings, then restart; nothing is lost)");
      }
      if (cause instanceof TransactionalIdAuthorizationException) {
        // Kafka does not say which, nor what was to be done with it.
        return new Verdict.Halt(
            describe(cause)
                + " (an instance needs Write on the transactional ids that begin with the pipeline's"
                + " SERVICE-PIPELINE-; to allow it: the line with --transactional-id of penstock acls)");
      }
      if (cause instanceof AuthorizationException) {
        return new Verdict.Halt(describe(cause));
      }
      if (cause instanceof ModelFailedException failed) {
        if (failed.getCause() instanceof VersionQuarantinedException quarantine) {
          return new Verdict.Refuse(failed.version(), describe(quarantine));
        }
        if (countFailure(failed.version(), nowMillis) >= MAX_MODEL_FAILURES) {
          return new Verdict.Refuse(failed.version(), describe(failed));
        }
        // What is behind it, such as too little memory for the run, is the version's affair.
        break;
      }
    }
    int recent = remember(failures, nowMillis);
    long backOff = FIRST_BACK_OFF.toMillis() << Math.min(recent - 1, 10);
    return new Verdict.Replace(Duration.ofMillis(Math.min(backOff, MAX_BACK_OFF.toMillis())));
  }

  private int countFailure(ServableId version, long now) {
    if (!version.equals(blamed)) {
      modelFailures.clear();
      blamed = version;
    }
    Long last = modelFailures.peekLast();
    return last != null && now - last < SAME_FAILURE.toMillis()
        ? modelFailures.size()
        : remember(modelFailures, now);
  }

  /** The innermost message that says something. */
  static String describe(Throwable failure) {
    String message = failure.getMessage() == null ? failure.toString() : failure.getMessage();
    boolean isOfThePipelinesAccess =
        failure instanceof AuthorizationException
            && !(failure instanceof TransactionalIdAuthorizationException);
    return isOfThePipelinesAccess
        ? message
            + " (to see what an instance has to be allowed: penstock acls; what is denied: penstock"
            + " config check)"
        : message;
  }

  private static int remember(Deque<Long> times, long now) {
    times.addLast(now);
    while (now - times.getFirst() > MEMORY.toMillis()) {
      times.removeFirst();
    }
    return times.size();
  }
}

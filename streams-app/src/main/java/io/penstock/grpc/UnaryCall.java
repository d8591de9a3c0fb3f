package io.penstock.grpc;

import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.penstock.requests.RefusedRequestException;
import io.penstock.requests.RefusedRequestException.Code;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call, from its message to the end of its answer. No thread waits for either.
 *
 * <p>gRPC's executor calls it, one call after the other; whoever completes the answer writes it.
 * Its message arrives or is too late, whichever is first: only one of them answers.
 */
final class UnaryCall extends ServerCall.Listener<UnaryCall.Message> {

  private static final Logger log = LoggerFactory.getLogger(UnaryCall.class);

  /** One more than there may be, so that it is heard of. */
  private static final int REQUESTED_MESSAGES = 2;

  /** Characters of a refusal, which travels in a header. */
  private static final int MAX_REASON = 700;

  private final ServerCall<Message, byte[]> call;
  private final Method method;
  private final long untilNanos;
  private final Inflow.Message inflow = Inflow.current();
  private final CompletableFuture<Void> arrival = new CompletableFuture<>();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private @Nullable Message message;

  /** What answers calls. */
  @FunctionalInterface
  interface Method {

    /**
     * Answers, at once or later.
     *
     * @throws RefusedRequestException if it is known at once that there is no answer
     */
    CompletableFuture<Reply> answer(byte[] message, UnaryCall call);
  }

  /**
   * What has come of a call.
   *
   * @param refusal why it cannot be read; null: it can
   */
  @SuppressWarnings("ArrayRecordComponent") // Handed on, never compared.
  record Message(byte[] bytes, @Nullable Status refusal) {

    /** Throws nothing: gRPC would answer UNKNOWN, whatever it is. */
    static Message read(InputStream from) {
      try {
        return new Message(from.readAllBytes(), null);
      } catch (StatusRuntimeException e) {
        // Such as one that is too large once it is decompressed.
        return new Message(new byte[0], e.getStatus());
      } catch (IOException e) {
        return new Message(
            new byte[0],
            Status.INVALID_ARGUMENT.withDescription("the message cannot be read: " + e));
      }
    }
  }

  /** What a call is answered with. */
  @SuppressWarnings("ArrayRecordComponent") // Handed on, never compared.
  record Reply(Metadata headers, byte[] message) {}

  private UnaryCall(ServerCall<Message, byte[]> call, Method method, Duration timeout) {
    this.call = call;
    this.method = method;
    this.untilNanos = System.nanoTime() + timeout.toNanos();
  }

  /**
   * Takes up a call.
   *
   * @param timeout within which its message has to be there, and its answer
   */
  static UnaryCall begin(ServerCall<Message, byte[]> call, Method method, Duration timeout) {
    UnaryCall begun = new UnaryCall(call, method, timeout);
    call.request(REQUESTED_MESSAGES);
    var unused =
        begun
            .arrival
            .orTimeout(timeout.toNanos(), TimeUnit.NANOSECONDS)
            .whenComplete(
                (arrived, late) -> {
                  if (late != null) {
                    begun.refuse(
                        RefusedRequestException.tooSlow(
                            "the message has not come in time (expected: within"
                                + " requests.timeout)"));
                  }
                });
    return begun;
  }

  /** How long its client waits still. */
  Duration left() {
    long nanos = untilNanos - System.nanoTime();
    Deadline deadline = Context.current().getDeadline();
    return Duration.ofNanos(
        deadline == null ? nanos : Math.min(nanos, deadline.timeRemaining(TimeUnit.NANOSECONDS)));
  }

  /** The message is counted elsewhere from now on. */
  void messageTaken() {
    inflow.release();
  }

  /** Does something once its client has the answer, or has left. */
  void whenEnded(Runnable task) {
    var unused = ended.thenRun(task);
  }

  @Override
  public void onMessage(Message received) {
    message = received;
  }

  @Override
  public void onHalfClose() {
    Message received = message;
    if (!arrival.complete(null)) {
      return;
    }
    message = null;
    if (received == null) {
      refuse(RefusedRequestException.invalid("no message in a call (expected: one)"));
    } else if (received.refusal() != null) {
      end(received.refusal());
    } else {
      try {
        var unused = method.answer(received.bytes(), this).whenComplete(this::close);
      } catch (RuntimeException | Error e) {
        refuse(RefusedRequestException.of(e));
      }
    }
  }

  private void close(@Nullable Reply reply, @Nullable Throwable failure) {
    if (reply == null) {
      refuse(
          RefusedRequestException.of(failure == null ? new AssertionError("no reply") : failure));
    } else if (!call.isCancelled()) {
      call.sendHeaders(reply.headers());
      call.sendMessage(reply.message());
      call.close(Status.OK, new Metadata());
    }
  }

  private void refuse(RefusedRequestException refusal) {
    if (refusal.code() == Code.INTERNAL) {
      log.error("a call failed method={}", call.getMethodDescriptor().getFullMethodName(), refusal);
    }
    String reason = String.valueOf(refusal.getMessage());
    end(
        Status.Code.valueOf(refusal.code().name())
            .toStatus()
            .withDescription(
                reason.length() > MAX_REASON ? reason.substring(0, MAX_REASON) + "…" : reason));
  }

  private void end(Status status) {
    if (!call.isCancelled()) {
      call.close(status, new Metadata());
    }
  }

  @Override
  public void onCancel() {
    arrival.complete(null);
    ended.complete(null);
  }

  @Override
  public void onComplete() {
    ended.complete(null);
  }
}

package io.penstock.grpc;

import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.KnownLength;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.penstock.requests.RefusedRequestException;
import io.penstock.requests.RefusedRequestException.Code;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call, from its message to the end of its answer. No thread waits for either.
 *
 * <p>One thread after the other calls it, as {@link CallThreads} says; whoever completes the answer
 * writes it. Its message arrives or is too late, whichever is first: only one of them answers.
 */
final class UnaryCall extends ServerCall.Listener<UnaryCall.Message> {

  private static final Logger log = LoggerFactory.getLogger(UnaryCall.class);

  /** One more than there may be, so that it is heard of. */
  private static final int REQUESTED_MESSAGES = 2;

  /** A message of more bytes is not decoded where its connection is read. */
  static final int LARGE_BYTES = 32 << 10;

  /** Characters of a refusal, which travels in a header. */
  private static final int MAX_REASON = 700;

  private final ServerCall<Message, byte[]> call;
  private final Method method;
  private final Executor readers;
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
        return new Message(bytes(from), null);
      } catch (StatusRuntimeException e) {
        // Such as one that is too large once it is decompressed.
        return new Message(new byte[0], e.getStatus());
      } catch (IOException e) {
        return new Message(
            new byte[0],
            Status.INVALID_ARGUMENT.withDescription("the message cannot be read: " + e));
      }
    }

    /** Of what was not compressed it is known how much there is. */
    private static byte[] bytes(InputStream from) throws IOException {
      if (from instanceof KnownLength) {
        byte[] bytes = new byte[from.available()];
        int read = from.readNBytes(bytes, 0, bytes.length);
        return read == bytes.length ? bytes : Arrays.copyOf(bytes, read);
      }
      return from.readAllBytes();
    }
  }

  /**
   * How calls are served.
   *
   * @param timeout within which a message has to be there, and its answer
   * @param readers decode what is large
   */
  record Terms(Duration timeout, Executor readers) {}

  /** What a call is answered with. */
  @SuppressWarnings("ArrayRecordComponent") // Handed on, never compared.
  record Reply(Metadata headers, byte[] message) {}

  private UnaryCall(ServerCall<Message, byte[]> call, Method method, Terms terms) {
    this.call = call;
    this.method = method;
    this.readers = terms.readers();
    this.untilNanos = System.nanoTime() + terms.timeout().toNanos();
  }

  /** Takes up a call. */
  static UnaryCall begin(ServerCall<Message, byte[]> call, Method method, Terms terms) {
    UnaryCall begun = new UnaryCall(call, method, terms);
    call.request(REQUESTED_MESSAGES);
    var unused =
        begun
            .arrival
            .orTimeout(terms.timeout().toNanos(), TimeUnit.NANOSECONDS)
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
    } else if (received.bytes().length > LARGE_BYTES) {
      handOver(received.bytes());
    } else {
      answer(received.bytes());
    }
  }

  private void handOver(byte[] bytes) {
    try {
      readers.execute(Context.current().wrap(() -> answerLater(bytes)));
    } catch (RejectedExecutionException e) {
      refuse(RefusedRequestException.unavailable("the service stops"));
    }
  }

  /** Its client may have gone while the message waited for a thread. */
  private void answerLater(byte[] bytes) {
    if (!call.isCancelled()) {
      answer(bytes);
    }
  }

  private void answer(byte[] bytes) {
    try {
      var unused = method.answer(bytes, this).whenComplete(this::close);
    } catch (RuntimeException | Error e) {
      refuse(RefusedRequestException.of(e));
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

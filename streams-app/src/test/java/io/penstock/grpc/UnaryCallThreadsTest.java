package io.penstock.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** On which thread a message is decoded, and whether at all. */
class UnaryCallThreadsTest {

  private static final byte[] SMALL = new byte[UnaryCall.LARGE_BYTES];
  private static final byte[] LARGE = new byte[UnaryCall.LARGE_BYTES + 1];

  private final Queue<Runnable> handedOver = new ArrayDeque<>();
  private final List<byte[]> decoded = new ArrayList<>();
  private final Closed call = new Closed();

  @Test
  void shouldDecodeWhatIsSmallWhereItIsRead() {
    send(SMALL, handedOver::add);

    assertThat(handedOver).isEmpty();
    assertThat(decoded).containsExactly(SMALL);
  }

  @Test
  void shouldHandOverWhatIsLarge() {
    send(LARGE, handedOver::add);
    assertThat(decoded).isEmpty();

    handedOver.remove().run();

    assertThat(decoded).containsExactly(LARGE);
    assertThat(call.status).isEqualTo(Status.OK);
  }

  @Test
  void shouldNotDecodeWhatNobodyWaitsForAnyMore() {
    send(LARGE, handedOver::add);
    call.cancelled = true;

    handedOver.remove().run();

    assertThat(decoded).isEmpty();
    assertThat(call.status).isNull();
  }

  @Test
  void shouldSayThatItStopsOnceNobodyDecodesAnyMore() {
    send(
        LARGE,
        task -> {
          throw new RejectedExecutionException();
        });

    assertThat(call.status).isNotNull();
    assertThat(call.status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
  }

  private void send(byte[] message, Executor readers) {
    UnaryCall.Method method =
        (bytes, unary) -> {
          decoded.add(bytes);
          return CompletableFuture.completedFuture(
              new UnaryCall.Reply(new Metadata(), new byte[0]));
        };
    UnaryCall.Terms terms = new UnaryCall.Terms(Duration.ofMinutes(5), readers);
    new Inflow(Integer.MAX_VALUE, terms.timeout())
        .newServerStreamTracer(ServingServices.PACKAGE, new Metadata())
        .filterContext(Context.ROOT)
        .run(
            () -> {
              UnaryCall begun = UnaryCall.begin(call, method, terms);
              begun.onMessage(new UnaryCall.Message(message, null));
              begun.onHalfClose();
            });
  }

  /** A call that remembers how it was closed. */
  private static final class Closed extends ServerCall<UnaryCall.Message, byte[]> {

    private boolean cancelled;
    private @Nullable Status status;

    @Override
    public void request(int messages) {
      assertThat(messages).isPositive();
    }

    @Override
    public void sendHeaders(Metadata headers) {
      assertThat(cancelled).isFalse();
    }

    @Override
    public void sendMessage(byte[] message) {
      assertThat(cancelled).isFalse();
    }

    @Override
    public void close(Status with, Metadata trailers) {
      assertThat(status).as("closed once").isNull();
      status = with;
    }

    @Override
    public boolean isCancelled() {
      return cancelled;
    }

    @Override
    public MethodDescriptor<UnaryCall.Message, byte[]> getMethodDescriptor() {
      throw new UnsupportedOperationException();
    }
  }
}

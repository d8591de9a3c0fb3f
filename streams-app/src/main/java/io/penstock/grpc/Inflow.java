package io.penstock.grpc;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes of requests for predictions that are coming in, over all calls, and how long a call may
 * last. A message is counted from its first bytes until its model's budget has it; what would
 * exceed the bound ends its call.
 *
 * <p>A call that lasts longer than any answer may take is cut off, as if its client had set that
 * deadline: who does not take his answer holds what others miss. Thread-safe.
 */
final class Inflow extends ServerStreamTracer.Factory {

  private static final Metadata.Key<String> TIMEOUT =
      Metadata.Key.of("grpc-timeout", Metadata.ASCII_STRING_MARSHALLER);

  /** These stay open as long as their clients like. */
  private static final String WATCH = "grpc.health.v1.Health/Watch";

  private static final String REFLECTION = "grpc.reflection.";

  /** Ample for the names of services; of a whole session of reflection, too. */
  private static final long ASIDE_BYTES = 256 << 10;

  /** Of eight digits. */
  private static final long MAX_AMOUNT = 99_999_999;

  private static final Context.Key<Message> MESSAGE = Context.key("io.penstock.inflow");

  private final long maxBytes;
  private final Duration longest;
  private final AtomicLong held = new AtomicLong();

  /**
   * @param maxBytes of messages that are coming in
   * @param longest how long a call may last
   */
  Inflow(long maxBytes, Duration longest) {
    this.maxBytes = maxBytes;
    this.longest = longest;
  }

  /** Bytes that are held now. */
  long heldBytes() {
    return held.get();
  }

  /** What the call holds on whose thread this is. */
  static Message current() {
    return Objects.requireNonNull(MESSAGE.get());
  }

  @Override
  public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
    if (method.startsWith(ServingServices.PACKAGE)) {
      limit(headers);
      return new Message();
    }
    if (!method.equals(WATCH) && !method.startsWith(REFLECTION)) {
      limit(headers);
    }
    return new Aside();
  }

  private void limit(Metadata headers) {
    String timeout = headers.get(TIMEOUT);
    if (timeout == null || nanos(timeout) > longest.toNanos()) {
      headers.discardAll(TIMEOUT);
      long millis = longest.toMillis();
      headers.put(
          TIMEOUT,
          millis <= MAX_AMOUNT ? millis + "m" : Math.min(MAX_AMOUNT, longest.toSeconds()) + "S");
    }
  }

  /** Of eight digits at most and a unit: {@code 100m}. */
  private static double nanos(String timeout) {
    if (!timeout.matches("\\d{1,8}[HMSmun]")) {
      return Double.POSITIVE_INFINITY;
    }
    int last = timeout.length() - 1;
    TimeUnit unit =
        switch (timeout.charAt(last)) {
          case 'H' -> TimeUnit.HOURS;
          case 'M' -> TimeUnit.MINUTES;
          case 'S' -> TimeUnit.SECONDS;
          case 'm' -> TimeUnit.MILLISECONDS;
          case 'u' -> TimeUnit.MICROSECONDS;
          default -> TimeUnit.NANOSECONDS;
        };
    return Double.parseDouble(timeout.substring(0, last)) * unit.toNanos(1);
  }

  /**
   * A call that is about no model. It is not counted, since whoever has no token may call, and so
   * it has to be small.
   */
  private static final class Aside extends ServerStreamTracer {

    private long bytes;

    @Override
    public void inboundWireSize(long more) {
      bytes += more;
      if (bytes > ASIDE_BYTES) {
        throw Status.RESOURCE_EXHAUSTED
            .withDescription(
                "the call has more than %d bytes (expected: the name of a service)"
                    .formatted(ASIDE_BYTES))
            .asRuntimeException();
      }
    }
  }

  /** The message of one call, as it comes in. */
  final class Message extends ServerStreamTracer {

    private final AtomicLong bytes = new AtomicLong();

    @Override
    public Context filterContext(Context context) {
      return context.withValue(MESSAGE, this);
    }

    @Override
    public void inboundWireSize(long more) {
      if (held.addAndGet(more) > maxBytes) {
        held.addAndGet(-more);
        throw Status.UNAVAILABLE
            .withDescription(
                "too many bytes of requests are coming in (expected: at most %d, by requests.max-queued-bytes). Send it again later, or to another instance"
                    .formatted(maxBytes))
            .asRuntimeException();
      }
      bytes.addAndGet(more);
    }

    @Override
    public void streamClosed(Status status) {
      release();
    }

    /** Somebody else counts the message from now on, or nobody has it. Idempotent. */
    void release() {
      held.addAndGet(-bytes.getAndSet(0));
    }
  }
}

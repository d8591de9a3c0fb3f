package io.penstock.requests;

import io.penstock.batching.BatchLimits;
import io.penstock.batching.Deadlines;
import io.penstock.batching.Inference;
import io.penstock.batching.plan.BatchPlan;
import io.penstock.model.ModelSignature;
import io.penstock.requests.BoundVersions.Bound;
import io.penstock.requests.RefusedRequestException.Code;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where requests for one model come in, by whatever protocol. Thread-safe.
 *
 * <p>A request is decoded for the version that it means when it comes in, and answered by the one
 * that it means when its first row is taken: if that is another by then, or if a version retires
 * before it has taken every row, a request that did not insist on it is decoded anew.
 */
public final class RequestDoor implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(RequestDoor.class);

  /** Nobody promotes so fast that a request meets more retiring versions than that. */
  private static final int MAX_ATTEMPTS = 4;

  private final RequestModel model;
  private final RequestSettings settings;
  private final Inference.Terms terms;
  private final Executor decoders;
  private final RequestListener listener;
  private final RequestBudget budget;
  private final RequestThread thread;
  private final BoundVersions versions;
  private volatile boolean closing;

  /** What makes rows of a request, once it is known what they are for. */
  public interface Decoder {

    /**
     * Decodes the request; may be called again for another version.
     *
     * @param room what the request holds: what it takes here is given back once it is decoded, and
     *     what its rows hold is taken instead
     * @throws RefusedRequestException if it does not fit the signature, or not into its room
     */
    RequestRows decode(ModelSignature signature, RequestRoom room);

    /** What the request is refused with if its version has no such signature. */
    default Code unknownSignature() {
      return Code.INVALID_ARGUMENT;
    }
  }

  /**
   * A request that came in.
   *
   * @param bytes of its room that it holds whatever becomes of it
   */
  private record Asked(ModelSpec spec, Decoder decoder, RequestRoom room, long bytes) {}

  /**
   * Opens a door.
   *
   * @param decoders runs what decodes requests again, and puts their outputs side by side
   */
  public RequestDoor(
      RequestModel model,
      RequestSettings settings,
      Inference inference,
      Executor decoders,
      RequestListener listener) {
    this.listener = listener;
    this.model = model;
    this.settings = settings;
    this.terms = terms(model.name(), settings);
    this.decoders = decoders;
    this.budget =
        new RequestBudget(model.name(), settings.maxQueuedRows(), settings.maxQueuedBytes());
    HandedRows format = new HandedRows();
    this.versions = new BoundVersions(model, terms, format);
    this.thread =
        new RequestThread(
            "penstock-" + model.name() + "-requests", limits(), inference, format, decoders);
    thread.start();
  }

  /** What the inference threads call the requests for the model: no pipeline has such a name. */
  public String queueName() {
    return terms.pipeline();
  }

  private static Inference.Terms terms(String model, RequestSettings settings) {
    String key = "inference.run-timeout";
    Duration run = settings.runTimeout();
    return new Inference.Terms(
        "requests/" + model,
        settings.share(),
        settings.sizes(),
        settings.maxBytes(),
        Inference.NonFinite.PASS,
        BatchPlan.fixed(settings.sizes().max(), settings.linger()),
        new Deadlines(run, key, run, key),
        Inference.Senders.ANYBODY);
  }

  /** A batch that gathers, one for each inference thread, and one that is next. */
  private BatchLimits limits() {
    int batches = settings.runners() + 2;
    return new BatchLimits(
        settings.sizes().max(),
        settings.maxBytes(),
        terms.plan(),
        null,
        Math.multiplyExact(settings.sizes().max(), batches),
        (long) settings.maxBytes() * batches);
  }

  /** Rows of requests that are not answered. */
  public long queuedRows() {
    return budget.usedRows();
  }

  /** Bytes that requests hold which are not answered. */
  long queuedBytes() {
    return budget.usedBytes();
  }

  /** Room for a request that is about to be read. The caller closes it, or hands it over. */
  public RequestRoom room() {
    return new RequestRoom(budget);
  }

  /**
   * Answers a request, some time later or at once. Decodes it on the caller's thread. Whoever does
   * not wait any more cancels the future, and the request leaves before it is run, unless it runs
   * already.
   *
   * @param timeout how long the caller waits; not longer than {@code requests.timeout}
   * @param room what the request holds already, such as its body: given back when it is refused,
   *     else with the answer
   * @return fails with what {@link RefusedRequestException#of} explains
   */
  public CompletableFuture<Answer> predict(
      ModelSpec spec, Duration timeout, RequestRoom room, Decoder decoder) {
    long began = System.nanoTime();
    CompletableFuture<Answer> future = new CompletableFuture<>();
    Duration shorter = timeout.compareTo(settings.timeout()) < 0 ? timeout : settings.timeout();
    var unused =
        future
            .orTimeout(Math.max(1, shorter.toNanos()), TimeUnit.NANOSECONDS)
            .whenComplete(
                (answer, failure) -> {
                  if (failure != null && !(failure instanceof RefusedRequestException)) {
                    thread.someoneLeft();
                  }
                  listener.answered(
                      Optional.ofNullable(failure).map(it -> RefusedRequestException.of(it).code()),
                      System.nanoTime() - began);
                });
    attempt(new Asked(spec, decoder, room, room.bytes()), future, 1);
    return future;
  }

  private void attempt(Asked asked, CompletableFuture<Answer> future, int number) {
    RequestRoom room = asked.room();
    try {
      if (closing) {
        throw RequestThread.stopping();
      }
      Bound bound = versions.resolve(asked.spec(), asked.decoder().unknownSignature());
      ModelSignature signature = bound.binding().signature();
      RequestRows rows = asked.decoder().decode(signature, room);
      room.hold(rows.count(), asked.bytes() + rows.bytes() + outputBytes(signature, rows));
      thread.submit(
          new PendingRequest(
              bound.binding(),
              rows,
              room,
              future,
              () -> versions.isMeant(asked.spec(), bound),
              () -> retired(asked, future, number)));
    } catch (RefusedRequestException e) {
      room.close();
      future.completeExceptionally(e);
    } catch (Throwable e) {
      // Errors too: what it holds has to be given back, and its sender told.
      log.error("a request could not be taken model={} spec={}", model.name(), asked.spec(), e);
      room.close();
      future.completeExceptionally(RefusedRequestException.of(e));
    }
  }

  /** What its answer takes at least, so that a small request does not ask for a large one. */
  private static long outputBytes(ModelSignature signature, RequestRows rows) {
    return rows.count() * OutputRow.COPIES * OutputRow.foreseenBytes(signature.outputs());
  }

  /** On the request thread. */
  private void retired(Asked asked, CompletableFuture<Answer> future, int number) {
    if (asked.spec().version().isPresent()) {
      asked.room().close();
      future.completeExceptionally(RefusedRequestException.notFound(asked.spec()));
    } else if (number == MAX_ATTEMPTS) {
      asked.room().close();
      future.completeExceptionally(
          RefusedRequestException.unavailable(
              "model " + model.name() + " changes its version all the time: send it again"));
    } else {
      asked.room().hold(0, asked.bytes());
      try {
        decoders.execute(() -> attempt(asked, future, number + 1));
      } catch (RejectedExecutionException e) {
        asked.room().close();
        future.completeExceptionally(RequestThread.stopping());
      }
    }
  }

  /**
   * Takes nothing more, and answers what was taken within that time; what is left then is refused.
   */
  public void close(Duration timeout) throws InterruptedException {
    closing = true;
    thread.close(timeout);
  }

  /** Takes nothing more, and refuses what is not answered yet. Idempotent. */
  @Override
  public void close() {
    closing = true;
    thread.close();
  }
}

package io.penstock.requests;

import io.penstock.batching.Batch;
import io.penstock.batching.BatchLimits;
import io.penstock.batching.Batcher;
import io.penstock.batching.InFlightBudget;
import io.penstock.batching.Inference;
import io.penstock.batching.departure.Departures;
import io.penstock.codec.InputRecord;
import io.penstock.codec.UndecodableRecordException;
import io.penstock.requests.RefusedRequestException.Code;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gathers the rows of one model's requests, and answers them: what a stream thread is to a
 * pipeline. No more than a few batches are with the inference threads at a time; the rest waits
 * here, where it can still be left.
 *
 * <p>{@link #submit} and {@link #someoneLeft} are thread-safe; everything else is the thread's own.
 */
final class RequestThread {

  private static final Logger log = LoggerFactory.getLogger(RequestThread.class);

  /** Everything that ends a rest before wakes the thread. */
  private static final long REST_NANOS = TimeUnit.SECONDS.toNanos(1);

  /**
   * Requests that come together are there within that time; who is answered asks again later, and
   * with whom is in the next batch.
   */
  private static final long QUIET_NANOS = TimeUnit.MICROSECONDS.toNanos(50);

  /** Outputs that one thread makes answers of; more are shared. */
  private static final long GROUP_BYTES = 64 << 10;

  private static final InputRecord EMPTY =
      new InputRecord("", 0, null, new byte[0], new RecordHeaders());

  private final BatchLimits limits;
  private final Inference inference;
  private final HandedRows handed;
  private final Executor answerers;
  private final Queue<PendingRequest> queue = new ConcurrentLinkedQueue<>();
  private final Thread thread;
  private volatile boolean draining;
  private volatile boolean closed;
  private volatile boolean someoneLeft;

  /** Requests with all rows in batches. */
  private final List<PendingRequest> taken = new ArrayList<>();

  /** Batches with rows of requests that have left. */
  private final Set<Batch> doubtful = Collections.newSetFromMap(new IdentityHashMap<>());

  private @Nullable PendingRequest current;

  /**
   * A thread at rest.
   *
   * @param handed the format that all bindings of its requests have
   * @param answerers runs what puts outputs side by side
   */
  RequestThread(
      String name, BatchLimits limits, Inference inference, HandedRows handed, Executor answerers) {
    this.limits = limits;
    this.inference = inference;
    this.handed = handed;
    this.answerers = answerers;
    // Of the usual priority: inference threads would wait where it is stopped with their lock.
    this.thread = new Thread(this::run, name);
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** Takes a request over. */
  void submit(PendingRequest request) {
    queue.add(request);
    LockSupport.unpark(thread);
    if (closed) {
      // It may have been added after the thread looked for the last time.
      refuseQueued();
    }
  }

  /** Some request's future was completed by somebody else. */
  void someoneLeft() {
    someoneLeft = true;
    LockSupport.unpark(thread);
  }

  /** Answers what there is within that time, refuses what is left then, and ends. */
  void close(Duration timeout) throws InterruptedException {
    draining = true;
    LockSupport.unpark(thread);
    thread.join(Math.max(1, timeout.toMillis()));
    close();
  }

  /** Refuses what is not answered yet, and ends. Idempotent. */
  void close() {
    closed = true;
    LockSupport.unpark(thread);
  }

  private void run() {
    // Here, because a batcher belongs to the thread that makes it.
    Batcher batcher =
        new Batcher(
            limits,
            InFlightBudget.unlimited(),
            new Departures(QUIET_NANOS),
            inference,
            System::nanoTime,
            reason -> {});
    while (!closed && !(draining && isIdle())) {
      try {
        step(batcher);
      } catch (Throwable e) {
        // Errors too: nobody would replace the thread, and all that comes would wait in vain.
        log.error("a request thread failed, and goes on thread={}", thread.getName(), e);
      }
    }
    closed = true;
    batcher.abandon();
    RefusedRequestException stopping = stopping();
    taken.forEach(request -> request.refuse(stopping));
    if (current != null) {
      current.refuse(stopping);
    }
    refuseQueued();
  }

  private boolean isIdle() {
    return queue.isEmpty() && current == null && taken.isEmpty();
  }

  private void refuseQueued() {
    for (PendingRequest next = queue.poll(); next != null; next = queue.poll()) {
      next.refuse(stopping());
    }
  }

  static RefusedRequestException stopping() {
    return RefusedRequestException.unavailable(
        "the service is stopping: send the request to another instance");
  }

  private void step(Batcher batcher) {
    if (someoneLeft) {
      someoneLeft = false;
      dropThoseWhoLeft();
    }
    take(batcher);
    batcher.tick();
    answerFinished();
    leaveUnwanted();
    boolean hasRows = current != null || !queue.isEmpty();
    // What is queued from here on unparks the thread; what was before may have, in vain.
    if (batcher.isFull() || (!hasRows && !(draining && taken.isEmpty()))) {
      batcher.rest(REST_NANOS);
    }
  }

  private void dropThoseWhoLeft() {
    queue.removeIf(
        queued -> {
          boolean left = queued.isLeft();
          if (left) {
            doneWith(queued);
          }
          return left;
        });
    if (current != null && current.isLeft()) {
      doneWith(current);
      current = null;
    }
  }

  private void take(Batcher batcher) {
    if (current == null && queue.isEmpty()) {
      return;
    }
    batcher.beginGroup();
    try {
      while (!batcher.isFull()) {
        PendingRequest next = current == null ? queue.poll() : current;
        if (next == null) {
          return;
        }
        current = next;
        try {
          takeRows(batcher, next);
        } catch (RefusedRequestException e) {
          current = null;
          doneWith(next);
          next.refuse(e);
        } catch (Throwable e) {
          // Errors too: tried again, it would fail again, and keep all others waiting.
          log.error("a request could not be batched version={}", next.binding(), e);
          current = null;
          doneWith(next);
          next.refuse(new RefusedRequestException(Code.INTERNAL, e.toString()));
        }
      }
    } finally {
      batcher.endGroup();
    }
  }

  /** Takes as many of a request's rows as there is room for. */
  private void takeRows(Batcher batcher, PendingRequest request) {
    if (!request.isLeft() && request.isOutdated()) {
      current = null;
      request.versionRetired();
      return;
    }
    while (!request.isTaken() && !request.isLeft()) {
      if (batcher.isFull()) {
        return;
      }
      handed.next(request.rows().rows(), request.nextRow());
      Batcher.Row place;
      try {
        place = batcher.add(request.binding(), EMPTY);
      } catch (UndecodableRecordException e) {
        request.refuse(RefusedRequestException.invalid(String.valueOf(e.getMessage())));
        break;
      }
      if (place == null) {
        current = null;
        request.addBatchesTo(doubtful);
        request.versionRetired();
        return;
      }
      request.took(place);
    }
    current = null;
    if (request.isLeft()) {
      doneWith(request);
    } else {
      taken.add(request);
    }
  }

  private void answerFinished() {
    List<PendingRequest> computed = new ArrayList<>();
    long bytes = 0;
    for (Iterator<PendingRequest> each = taken.iterator(); each.hasNext(); ) {
      PendingRequest request = each.next();
      request.collect();
      if (request.isLeft()) {
        each.remove();
        doneWith(request);
      } else if (request.isComputed()) {
        each.remove();
        request.holdOutputs();
        computed.add(request);
        bytes += request.outputBytes();
        if (bytes > GROUP_BYTES) {
          answer(computed);
          computed = new ArrayList<>();
          bytes = 0;
        }
      }
    }
    if (!computed.isEmpty()) {
      answer(computed);
    }
    if (current != null) {
      current.collect();
      if (current.isLeft()) {
        doneWith(current);
        current = null;
      }
    }
  }

  /** As one task: what was computed together costs one thread to be woken, not one for each. */
  private void answer(List<PendingRequest> computed) {
    try {
      answerers.execute(() -> computed.forEach(PendingRequest::answer));
    } catch (RejectedExecutionException e) {
      computed.forEach(request -> request.refuse(stopping()));
    }
  }

  /** A request whose outcome nobody reads; its rows stay in their batches. */
  private void doneWith(PendingRequest request) {
    request.release();
    request.addBatchesTo(doubtful);
  }

  /** Batches of which nobody waits for any row are not run. */
  private void leaveUnwanted() {
    if (doubtful.isEmpty()) {
      return;
    }
    Set<Batch> wanted = Collections.newSetFromMap(new IdentityHashMap<>());
    taken.forEach(request -> request.addBatchesTo(wanted));
    if (current != null) {
      current.addBatchesTo(wanted);
    }
    for (Batch batch : new HashSet<>(doubtful)) {
      if (batch.isFinished() || wanted.contains(batch)) {
        doubtful.remove(batch);
      } else if (batch.isSealed()) {
        batch.leave();
        doubtful.remove(batch);
      }
    }
  }
}

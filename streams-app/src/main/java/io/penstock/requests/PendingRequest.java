package io.penstock.requests;

import io.penstock.batching.Batch;
import io.penstock.batching.Batcher;
import io.penstock.batching.RowFailure;
import io.penstock.batching.VersionBinding;
import io.penstock.batching.VersionQuarantinedException;
import io.penstock.codec.DeadLetterReason;
import io.penstock.model.ModelRunException;
import io.penstock.model.Rows;
import io.penstock.requests.RefusedRequestException.Code;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/**
 * A request on its way: first in the queue, then with its rows in one batch or several. Its future
 * may be completed by anybody at any time, which is how it leaves early.
 *
 * <p>Belongs to the request thread, but for the future.
 */
final class PendingRequest {

  private final VersionBinding binding;
  private final RequestRows rows;
  private final RequestRoom room;
  private final CompletableFuture<Answer> future;
  private final BooleanSupplier isMeant;
  private final Runnable onRetired;
  private final byte[][] outputs;
  private final long foreseenBytes;

  /** Of rows that are in batches, and whose outputs have not been collected. */
  private final Deque<Batcher.Row> places = new ArrayDeque<>();

  private int taken;
  private int collected;
  private long outputBytes;

  /**
   * @param room what it holds: given back when it is refused, or by its answer
   * @param isMeant whether the version is still the one that is asked, or refuses
   * @param onRetired what to do, with that room, if it is not, or retires before it has taken every
   *     row
   */
  PendingRequest(
      VersionBinding binding,
      RequestRows rows,
      RequestRoom room,
      CompletableFuture<Answer> future,
      BooleanSupplier isMeant,
      Runnable onRetired) {
    this.isMeant = isMeant;
    this.onRetired = onRetired;
    this.binding = binding;
    this.rows = rows;
    this.room = room;
    this.future = future;
    this.outputs = new byte[rows.count()][];
    this.foreseenBytes = OutputRow.foreseenBytes(binding.signature().outputs());
  }

  VersionBinding binding() {
    return binding;
  }

  RequestRows rows() {
    return rows;
  }

  /** Gives back what it holds. */
  void release() {
    room.close();
  }

  /** Whether nobody waits for it any more. */
  boolean isLeft() {
    return future.isDone();
  }

  /**
   * Whether its version is another than is asked by now, while none of its rows is in a batch.
   *
   * @throws RefusedRequestException if none is
   */
  boolean isOutdated() {
    return taken == 0 && !isMeant.getAsBoolean();
  }

  /** The first row that is in no batch yet. */
  int nextRow() {
    return taken;
  }

  boolean isTaken() {
    return taken == rows.count();
  }

  void took(Batcher.Row place) {
    places.add(place);
    taken++;
  }

  /** Adds the batches whose rows of it have not been collected. */
  void addBatchesTo(Set<Batch> batches) {
    for (Batcher.Row place : places) {
      batches.add(place.batch());
    }
  }

  /**
   * Collects the outputs of its next rows, as far as they have been computed, and lets their
   * batches go; refuses it if a row cannot be computed or its outputs have no room.
   */
  void collect() {
    for (Batcher.Row place = places.peek();
        place != null && place.batch().isFinished();
        place = places.peek()) {
      try {
        byte[] output = output(place);
        room.takeBytes(OutputRow.COPIES * (output.length - foreseenBytes));
        outputBytes += output.length;
        outputs[collected] = output;
      } catch (Throwable e) {
        // Whatever it is: collected again, it would fail again.
        refuse(RefusedRequestException.of(e));
        return;
      }
      places.remove();
      collected++;
    }
  }

  /** Whether the outputs of all its rows have been collected. */
  boolean isComputed() {
    return collected == rows.count();
  }

  /** Refuses it, and gives back what it holds. */
  void refuse(RefusedRequestException refusal) {
    release();
    future.completeExceptionally(refusal);
  }

  /** The version has retired before it took every row, or been left. Does not block. */
  void versionRetired() {
    onRetired.run();
  }

  /** Bytes of outputs that have been collected. */
  long outputBytes() {
    return outputBytes;
  }

  /** Once it is {@linkplain #isComputed computed} it holds no rows any more, only outputs. */
  void holdOutputs() {
    room.hold(0, room.bytes());
  }

  /**
   * Answers, on any thread, once the request thread has done with it. What it holds goes to whoever
   * waits for the answer; or back.
   */
  void answer() {
    try {
      Rows joined = OutputRow.join(binding.signature().outputs(), outputs);
      room.giveBackBytes(outputBytes);
      Answer answer =
          new Answer(
              binding.id(),
              binding.fingerprint(),
              binding.signature(),
              joined,
              outputs.length,
              room);
      if (!future.complete(answer)) {
        answer.close();
      }
    } catch (Throwable e) {
      // Errors too, such as too little memory: it is in no list any more.
      refuse(RefusedRequestException.of(e));
    }
  }

  private static Code code(Throwable failure) {
    if (failure instanceof VersionQuarantinedException) {
      return Code.UNAVAILABLE;
    }
    return failure instanceof ModelRunException run && run.blame() == ModelRunException.Blame.MEMORY
        ? Code.RESOURCE_EXHAUSTED
        : Code.INTERNAL;
  }

  private byte[] output(Batcher.Row place) {
    Throwable failure = place.batch().failure();
    if (failure != null) {
      throw new RefusedRequestException(code(failure), String.valueOf(failure.getMessage()));
    }
    RowFailure ofRow = place.batch().rowFailure(place.index());
    if (ofRow != null) {
      throw new RefusedRequestException(
          ofRow.reason() == DeadLetterReason.INFERENCE_FAILED
              ? Code.INVALID_ARGUMENT
              : Code.INTERNAL,
          "%s, row %d: %s".formatted(binding.id(), collected, ofRow.message()));
    }
    return Objects.requireNonNull(place.batch().prediction(place.index()));
  }
}

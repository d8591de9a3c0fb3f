package io.penstock.batching;

import io.penstock.model.Rows;
import java.util.ArrayDeque;
import java.util.function.Supplier;

/**
 * Storage of finished batches, kept for the next ones up to a number of bytes; what is beyond is
 * left to the garbage collector. Not thread-safe.
 */
final class Spares {

  private final Supplier<Rows> maker;
  private final long maxBytes;
  private final ArrayDeque<Rows> spares = new ArrayDeque<>();
  private long bytes;

  Spares(Supplier<Rows> maker, long maxBytes) {
    this.maker = maker;
    this.maxBytes = maxBytes;
  }

  /** The storage that was given last, or new one. */
  Rows take() {
    if (spares.isEmpty()) {
      return maker.get();
    }
    Rows spare = spares.pop();
    bytes -= spare.storageBytes();
    return spare;
  }

  /** Keeps storage that nobody reads any more, unless there is enough. */
  void give(Rows storage) {
    long more = storage.storageBytes();
    if (bytes + more <= maxBytes) {
      bytes += more;
      spares.push(storage);
    }
  }
}

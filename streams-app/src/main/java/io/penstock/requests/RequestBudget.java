package io.penstock.requests;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What the requests for one model that are not answered hold together, in rows and bytes. What
 * would exceed it is refused, so that a queue never grows past it. Thread-safe.
 */
final class RequestBudget {

  private final String model;
  private final long maxRows;
  private final long maxBytes;
  private final AtomicLong rows = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();

  RequestBudget(String model, long maxRows, long maxBytes) {
    this.model = model;
    this.maxRows = maxRows;
    this.maxBytes = maxBytes;
  }

  long usedRows() {
    return rows.get();
  }

  long usedBytes() {
    return bytes.get();
  }

  /** Refuses more rows than one request ever has room for. */
  void requireRows(long count) {
    if (count > maxRows) {
      throw tooLarge("rows", count, "max-queued-rows", maxRows);
    }
  }

  /** Refuses more bytes than one request ever has room for. */
  void requireBytes(long size) {
    if (size > maxBytes) {
      throw tooLarge("bytes", size, "max-queued-bytes", maxBytes);
    }
  }

  /**
   * Takes room for more.
   *
   * @throws RefusedRequestException if there is none now; nothing is taken
   */
  void take(long moreRows, long moreBytes) {
    if (!take(rows, moreRows, maxRows)) {
      throw noRoom();
    }
    if (!take(bytes, moreBytes, maxBytes)) {
      giveBack(moreRows, 0);
      throw noRoom();
    }
  }

  /** Nobody is refused because of what somebody else is refused at the same time. */
  private static boolean take(AtomicLong held, long more, long max) {
    long now = held.get();
    while (more <= 0 || now + more <= max) {
      if (held.compareAndSet(now, now + more)) {
        return true;
      }
      now = held.get();
    }
    return false;
  }

  private RefusedRequestException noRoom() {
    return RefusedRequestException.unavailable(
        ("model %s has no room for another request: %d rows and %d bytes are held (expected: at"
                + " most %d rows and %d bytes, by requests.max-queued-rows and"
                + " requests.max-queued-bytes). Send it again later, or to another instance")
            .formatted(model, rows.get(), bytes.get(), maxRows, maxBytes));
  }

  private RefusedRequestException tooLarge(String what, long size, String key, long max) {
    return RefusedRequestException.tooLarge(
        "%s: %d (expected: at most %d, by requests.%s). Send several requests to model %s"
            .formatted(what, size, max, key, model));
  }

  void giveBack(long lessRows, long lessBytes) {
    rows.addAndGet(-lessRows);
    bytes.addAndGet(-lessBytes);
  }
}

package io.penstock.http.exchange;

import io.javalin.http.Context;
import io.penstock.requests.RefusedRequestException;
import io.penstock.requests.RequestRoom;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads requests' bodies, as long as one may be, within the time it has, and as many at a time as
 * may be: what they hold together is bounded, however many send, and however slowly. Thread-safe.
 */
final class BodyReader {

  private static final int FIRST_BYTES = 8 << 10;

  /**
   * Bytes beyond {@link #maxBytes} that are read and dropped before a body is refused. Many senders
   * read an answer only once they have sent all, and lose it if the connection ends before. Tomcat
   * has the same bound ({@code maxSwallowSize}).
   */
  private static final int SWALLOWED_BYTES = 2 << 20;

  private final int maxBytes;
  private final Semaphore readers;
  private final LongSupplier clock;

  /**
   * @param maxBytes of one body
   * @param readers bodies that are read at the same time
   * @param clock a monotonic clock in nanoseconds
   */
  BodyReader(int maxBytes, int readers, LongSupplier clock) {
    this.maxBytes = maxBytes;
    this.readers = new Semaphore(readers);
    this.clock = clock;
  }

  /**
   * Reads a body and makes a question of it.
   *
   * @param untilNanos when it has to be there, by the clock
   * @param room takes what is read as it comes; closed if nothing comes of it
   * @throws RefusedRequestException if it is too large, too late, or cut off, or too many others
   *     are being read
   */
  Question read(Context context, long untilNanos, RequestRoom room, Question.Reading reading) {
    return read(
        context.header("Content-Length"), context.bodyInputStream(), untilNanos, room, reading);
  }

  Question read(
      @Nullable String declared,
      InputStream from,
      long untilNanos,
      RequestRoom room,
      Question.Reading reading) {
    if (isLongerThan(maxBytes + (long) SWALLOWED_BYTES, declared)) {
      throw tooLong(declared);
    }
    if (!readers.tryAcquire()) {
      throw RefusedRequestException.unavailable(
          "too many requests come in at the same time: send it again later, or to another"
              + " instance");
    }
    boolean isRead = false;
    try {
      if (isLongerThan(maxBytes, declared)) {
        swallow(from, maxBytes + (long) SWALLOWED_BYTES, untilNanos);
        throw tooLong(declared);
      }
      Question question = reading.read(read(from, untilNanos, room), room);
      isRead = true;
      return question;
    } finally {
      readers.release();
      if (!isRead) {
        room.close();
      }
    }
  }

  private byte[] read(InputStream from, long untilNanos, RequestRoom room) {
    byte[] body = resized(new byte[0], Math.min(FIRST_BYTES, maxBytes), room);
    int length = 0;
    while (true) {
      int read = readSome(from, body, length);
      if (read < 0) {
        return resized(body, length, room);
      }
      length += read;
      if (untilNanos - clock.getAsLong() < 0) {
        throw RefusedRequestException.tooSlow(
            "the body has not come in time: %d bytes of it (expected: all, within requests.timeout)"
                .formatted(length));
      }
      if (length == maxBytes) {
        requireEnd(from, untilNanos);
        return body;
      }
      if (length == body.length) {
        body = resized(body, (int) Math.min(maxBytes, 2L * length), room);
      }
    }
  }

  /** While it is copied both are there. */
  private static byte[] resized(byte[] body, int length, RequestRoom room) {
    room.takeBytes(length);
    byte[] copy = Arrays.copyOf(body, length);
    room.giveBackBytes(body.length);
    return copy;
  }

  private void requireEnd(InputStream from, long untilNanos) {
    if (readSome(from, new byte[1], 0) >= 0) {
      swallow(from, SWALLOWED_BYTES, untilNanos);
      throw tooLong("more than " + maxBytes);
    }
  }

  private void swallow(InputStream from, long atMost, long untilNanos) {
    byte[] dropped = new byte[FIRST_BYTES];
    long length = 0;
    while (length < atMost && untilNanos - clock.getAsLong() >= 0) {
      int read = readSome(from, dropped, 0);
      if (read < 0) {
        return;
      }
      length += read;
    }
  }

  /** Whatever keeps a body from coming is its sender's matter, and no fault of the service. */
  private static int readSome(InputStream from, byte[] to, int offset) {
    try {
      return from.read(to, offset, to.length - offset);
    } catch (IOException | RuntimeException e) {
      if (e.getCause() instanceof TimeoutException) {
        throw RefusedRequestException.tooSlow("the body does not come: " + e.getMessage());
      }
      throw RefusedRequestException.invalid("the body was cut off: " + e.getMessage());
    }
  }

  private static boolean isLongerThan(long bytes, @Nullable String declared) {
    return declared != null
        && declared.matches("\\d+")
        && (declared.length() > 18 || Long.parseLong(declared) > bytes);
  }

  private RefusedRequestException tooLong(@Nullable String length) {
    return RefusedRequestException.tooLarge(
        "the body has %s bytes (expected: at most %d, by requests.max-body)"
            .formatted(length, maxBytes));
  }
}

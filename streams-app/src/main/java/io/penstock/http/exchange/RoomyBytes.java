package io.penstock.http.exchange;

import io.penstock.requests.RequestRoom;
import java.io.ByteArrayOutputStream;

/**
 * Bytes that take room of their request's before they grow, which is given back with the request.
 * Not thread-safe.
 */
final class RoomyBytes extends ByteArrayOutputStream {

  private static final int FIRST_BYTES = 512;

  private final RequestRoom room;

  RoomyBytes(RequestRoom room) {
    super(FIRST_BYTES);
    this.room = room;
    room.takeBytes(FIRST_BYTES);
  }

  @Override
  public synchronized void write(int one) {
    int before = makeRoom(1);
    super.write(one);
    gone(before);
  }

  @Override
  public synchronized void write(byte[] bytes, int offset, int length) {
    int before = makeRoom(length);
    super.write(bytes, offset, length);
    gone(before);
  }

  /**
   * Takes what the superclass does: twice what it has, or what it needs if that is more.
   *
   * @return what it has
   */
  private int makeRoom(int more) {
    long needed = (long) count + more;
    if (needed > buf.length) {
      room.takeBytes(Math.max(2L * buf.length, needed));
    }
    return buf.length;
  }

  /** Where it has grown, what it had before is there no more. */
  private void gone(int before) {
    if (buf.length > before) {
      room.giveBackBytes(before);
    }
  }
}

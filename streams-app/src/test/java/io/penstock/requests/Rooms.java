package io.penstock.requests;

/** Rooms for requests that are decoded without a door. */
public final class Rooms {

  private Rooms() {}

  /** Room for a request to a model that has no other. */
  public static RequestRoom of(long maxRows, long maxBytes) {
    return new RequestRoom(new RequestBudget("half_plus_two", maxRows, maxBytes));
  }

  /** Bytes that it holds. */
  public static long bytes(RequestRoom room) {
    return room.bytes();
  }

  /** Bytes that the requests of a model hold. */
  public static long queuedBytes(RequestDoor door) {
    return door.queuedBytes();
  }
}

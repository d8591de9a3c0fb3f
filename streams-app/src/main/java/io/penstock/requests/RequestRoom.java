package io.penstock.requests;

/**
 * What one request holds of its model's budget. Whatever is made of a request is taken here before
 * it is made, so that a small one which asks for much is refused at no cost.
 *
 * <p>Not thread-safe: handed on with the request, from the thread that decodes it to the one that
 * answers it.
 */
public final class RequestRoom implements AutoCloseable {

  private final RequestBudget budget;
  private long rows;
  private long bytes;

  /** Room of which nothing is taken yet. */
  RequestRoom(RequestBudget budget) {
    this.budget = budget;
  }

  /** Bytes that are held. */
  long bytes() {
    return bytes;
  }

  /**
   * To be asked before anything is made for so many rows.
   *
   * @throws RefusedRequestException if no request ever has room for them
   */
  public void requireRows(long count) {
    budget.requireRows(count);
  }

  /**
   * Takes bytes for what is made next.
   *
   * @throws RefusedRequestException if there is no room for them, now or ever; nothing is taken
   */
  public void takeBytes(long more) {
    budget.requireBytes(bytes + more);
    budget.take(0, more);
    bytes += more;
  }

  /** Gives back some of the bytes that it has taken. */
  public void giveBackBytes(long less) {
    budget.giveBack(0, less);
    bytes -= less;
  }

  /**
   * Holds so much from now on, and not what it held before.
   *
   * @throws RefusedRequestException if there is no room for more, now or ever; nothing changes
   */
  void hold(long newRows, long newBytes) {
    budget.requireRows(newRows);
    budget.requireBytes(newBytes);
    long moreRows = newRows - rows;
    long moreBytes = newBytes - bytes;
    if (moreRows > 0 || moreBytes > 0) {
      budget.take(moreRows, moreBytes);
    } else {
      budget.giveBack(-moreRows, -moreBytes);
    }
    rows = newRows;
    bytes = newBytes;
  }

  /** Gives back all that it holds. Idempotent. */
  @Override
  public void close() {
    budget.giveBack(rows, bytes);
    rows = 0;
    bytes = 0;
  }
}

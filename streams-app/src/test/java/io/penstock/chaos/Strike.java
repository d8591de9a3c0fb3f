package io.penstock.chaos;

/**
 * One fault of a plan.
 *
 * @param atMillis after the first outcomes
 * @param slot the instance that it strikes; -1 when it strikes none
 * @param extent how long it lasts in milliseconds, or how many runs; see {@link Fault}
 */
record Strike(int atMillis, Fault fault, int slot, int extent) {

  static final int NO_SLOT = -1;

  /** A slot as people see it. */
  static String name(int slot) {
    return String.valueOf((char) ('a' + slot));
  }

  int endMillis() {
    return atMillis + extent;
  }

  @Override
  public String toString() {
    return "%s%s%s@%d"
        .formatted(
            fault,
            slot == NO_SLOT ? "" : ":" + name(slot),
            extent == 0 ? "" : "/" + extent,
            atMillis);
  }
}

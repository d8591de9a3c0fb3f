package io.penstock.batching.auto;

/**
 * How long a run of a model takes.
 *
 * @param fixedMicros of every run
 * @param rowMicros of each row
 * @param crowdedRows rows beyond which each takes longer, as when a cache is too small
 * @param crowdedRowMicros of each of these
 */
record ModelCurve(
    String name, double fixedMicros, double rowMicros, int crowdedRows, double crowdedRowMicros) {

  /** 72 µs for 1 row and 139 µs for 256. */
  static final ModelCurve MLP = new ModelCurve("mlp", 72, 0.26, 1 << 20, 0.26);

  /** Cheapest at 64 to 128 rows. */
  static final ModelCurve CNN = new ModelCurve("cnn", 150, 20, 96, 34);

  static final ModelCurve TOKENS = new ModelCurve("tokens", 300, 45, 1 << 20, 45);

  /** Batching gains little. */
  static final ModelCurve LINEAR = new ModelCurve("linear", 10, 900, 1 << 20, 900);

  /** No run keeps to a goal of 20 ms. */
  static final ModelCurve SLOW = new ModelCurve("slow", 90_000, 200, 1 << 20, 200);

  double nanos(int rows) {
    int crowded = Math.max(0, rows - crowdedRows);
    return 1e3 * (fixedMicros + rowMicros * (rows - crowded) + crowdedRowMicros * crowded);
  }

  double nanosPerRow(int rows) {
    return nanos(rows) / rows;
  }

  @Override
  public String toString() {
    return name;
  }
}

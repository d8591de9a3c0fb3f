package io.penstock.batching;

/** Why a batch was sealed. */
public enum SealReason {
  /** It had as many rows as a batch is to have, alone or with those of other stream threads. */
  ROWS,
  /** One row more would have had too many bytes. */
  BYTES,
  /** One row more would have cost too much. */
  COST,
  /** More shapes gathered side by side than may; it was the oldest. */
  SHAPES,
  /** Its first row had waited long enough. */
  LINGER,
  /** Batches of the pipeline's other stream threads left, and it with them. */
  COMPANY,
  /** Nothing was running, and no more records came. */
  QUIET,
  /** A commit needed it. */
  COMMIT,
  /** The next record had to wait for room, and nothing was running that would have made some. */
  ROOM
}

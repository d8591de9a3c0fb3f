package io.penstock.model;

/**
 * The right to run batches on a loaded version. While a lease is held its version is not closed; a
 * version that retires gets no new lease, waits for those it has given, and is closed then.
 */
public interface Lease extends AutoCloseable {

  /** The version leased. */
  ServableVersion version();

  /** Gives the lease back. Idempotent. */
  @Override
  void close();
}

package io.penstock.batching;

import io.penstock.codec.InputRecord;
import io.penstock.model.Rows;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The open batches of one version on one stream thread. What is full is sealed at once; the batcher
 * says when the others are.
 *
 * <p>Not thread-safe: all calls on the stream thread.
 */
sealed interface Gathering permits FixedSizeGathering, OpenSizeGathering {

  /** Takes batches that are sealed, with their rows laid out. */
  @FunctionalInterface
  interface Sealer {
    void seal(Batch batch, Rows inputs, SealReason reason);
  }

  /**
   * What batches are made with.
   *
   * @param clock a monotonic clock in nanoseconds
   */
  record Site(BatchLimits limits, InFlight inFlight, LongSupplier clock, Sealer sealer) {

    /** The same for a model whose batches have at most so many rows. */
    Site withRowsUpTo(int rows) {
      return new Site(limits.withRowsUpTo(rows), inFlight, clock, sealer);
    }
  }

  /** A gathering for a version, by whether its rows are of fixed size. */
  static Gathering of(VersionBinding binding, Site anySite) {
    Site site = anySite.withRowsUpTo(binding.sizes().max());
    return binding.signature().hasFixedSizeInputs()
        ? new FixedSizeGathering(binding, site)
        : new OpenSizeGathering(binding, site);
  }

  /**
   * Decodes a record into an open batch. The row taken, or null if the version has retired.
   *
   * @throws io.penstock.codec.UndecodableRecordException if the record is to blame; no row is taken
   * @throws io.penstock.registry.RegistryException if the registry is; no row is taken
   */
  Batcher.@Nullable Row add(InputRecord record);

  /** Seals the open batches that are due, for that reason. */
  void sealIf(Predicate<Batch> due, SealReason reason);

  /** When the oldest open batch was opened, by the site's clock; if there is one. */
  long oldestNanos();

  /** Whether no batch is open. */
  boolean isEmpty();

  /** A batch was computed: nobody reads its inputs any more. */
  void recycle(Rows computed);

  /** Gives up the open batches unrun. */
  void abandon();
}

package io.penstock.requests;

import io.penstock.model.Lease;
import java.util.Optional;

/** A model, as far as requests see it. Thread-safe; never blocks. */
public interface RequestModel {

  /** Its name. */
  String name();

  /**
   * The version that the fleet serves: what the next record of a stream would be computed by.
   *
   * @throws RefusedRequestException if there is none, or none that this instance may serve now
   */
  long active();

  /**
   * The version that a label of the fleet stands for; empty if there is no such label.
   *
   * @throws RefusedRequestException if this instance does not know what the fleet has decided
   */
  Optional<Long> labelled(String label);

  /** A lease on a version; empty unless it is available. */
  Optional<Lease> acquire(long version);
}

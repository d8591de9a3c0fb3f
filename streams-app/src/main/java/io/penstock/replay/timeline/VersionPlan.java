package io.penstock.replay.timeline;

import java.util.Set;

/** What computes each record of a replay. Immutable. */
public interface VersionPlan {

  /**
   * What computes a record.
   *
   * @throws IllegalArgumentException for a record that the plan was not made for
   */
  ServedBy at(int partition, long offset);

  /** All versions that it names. */
  Set<Long> versions();

  /** The same for every record. */
  static VersionPlan always(ServedBy served) {
    return new VersionPlan() {
      @Override
      public ServedBy at(int partition, long offset) {
        return served;
      }

      @Override
      public Set<Long> versions() {
        return served.versions();
      }
    };
  }
}

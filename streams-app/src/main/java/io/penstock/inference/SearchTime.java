package io.penstock.inference;

import io.penstock.batching.Deadlines;
import io.penstock.batching.VersionBinding;
import java.time.Duration;
import java.util.Optional;

/**
 * How long it takes to find a bad row among the good ones of a batch. A commit waits for it, and if
 * it cannot wait so long the batch is never done with. Stateless.
 */
public final class SearchTime {

  private SearchTime() {}

  /**
   * What there is to be said against it, for an operator; nothing if a commit can wait so long.
   *
   * @param run how long a run of its largest batches takes
   */
  public static Optional<String> objection(VersionBinding version, Duration run) {
    int rows = version.sizes().max();
    int runs = runs(rows);
    Duration search = run.multipliedBy(runs);
    Deadlines deadlines = version.terms().deadlines();
    return search.compareTo(deadlines.commit()) <= 0
        ? Optional.empty()
        : Optional.of(
            ("pipeline %s, version %s: a run of %d rows takes %d ms, so that to find a bad one among them may"
                    + " take %d runs, %d ms (expected: at most %d ms, which is what a commit can wait"
                    + " by %s). Lower batch.rows, or raise %s")
                .formatted(
                    version.terms().pipeline(),
                    version,
                    rows,
                    run.toMillis(),
                    runs,
                    search.toMillis(),
                    deadlines.commit().toMillis(),
                    deadlines.commitKey(),
                    deadlines.commitKey()));
  }

  /** The run that fails, two for each halving, and one to be sure. */
  static int runs(int rows) {
    int halvings = Integer.SIZE - Integer.numberOfLeadingZeros(rows - 1);
    return 2 * Math.max(1, halvings) + 2;
  }
}

package io.penstock.batching.auto;

import java.util.List;

/**
 * How long a run of a model version takes, by its rows: medians of recent runs, and straight lines
 * between them. Immutable.
 *
 * @param epoch grows when another version serves
 * @param points one for each size of the {@link TuningLimits}
 */
record RunCurve(long epoch, List<Point> points) {

  /**
   * The recent runs that were nearest to one size.
   *
   * @param runs how many there have been; 0 if nothing is known
   * @param rows the median of their rows
   * @param nanos the median of their time
   */
  record Point(long runs, int rows, long nanos) {

    boolean isKnown() {
      return runs > 0;
    }
  }

  RunCurve {
    points = List.copyOf(points);
  }

  /** Whether anything has run. */
  boolean isKnown() {
    return points.stream().anyMatch(Point::isKnown);
  }

  /** Runs nearest to that size so far. */
  long runs(int rung) {
    return points.get(rung).runs();
  }

  /** How long runs of that size take; 0 if none is known. */
  long runNanos(int rung) {
    return points.get(rung).nanos();
  }

  /** What a row costs in runs of that size; infinite if none is known. */
  double nanosPerRow(int rung) {
    Point point = points.get(rung);
    return point.isKnown() ? (double) point.nanos() / point.rows() : Double.POSITIVE_INFINITY;
  }

  /**
   * How long a run of so many rows takes. Beyond what is known the worst is assumed: no gain from
   * more rows, no less time for fewer. Infinite if nothing is known.
   */
  double nanos(double rows) {
    Point below = null;
    for (Point point : points) {
      if (point.isKnown() && point.rows() >= rows) {
        return below == null ? point.nanos() : between(below, point, rows);
      }
      if (point.isKnown()) {
        below = point;
      }
    }
    return below == null ? Double.POSITIVE_INFINITY : rows * below.nanos() / below.rows();
  }

  private static double between(Point below, Point above, double rows) {
    double share = (rows - below.rows()) / (above.rows() - below.rows());
    return below.nanos() + share * (above.nanos() - below.nanos());
  }
}

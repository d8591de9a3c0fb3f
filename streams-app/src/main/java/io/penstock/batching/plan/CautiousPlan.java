package io.penstock.batching.plan;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A plan within the time that a commit has, which waits for all that is under way.
 *
 * <p><b>By what runs take:</b> a stream thread never has more rows under way than one inference
 * thread computes in half of that time, its pipeline's other stream threads having as many.
 *
 * <p><b>After a commit was late</b> it begins small again: what made it late comes again with the
 * records that are read again, and would make the next one late, for ever. It has a quarter of the
 * rows in a batch then, and two such batches under way on each stream thread; with each run that
 * ends, one row more, until batches are what the plan behind it says.
 *
 * <p>Thread-safe.
 */
public final class CautiousPlan implements BatchPlan {

  /** A version is refused after three failures: the third try has a sixteenth. */
  static final int DIVISOR = 4;

  static final int BATCHES_UNDER_WAY = 2;

  /** The weight of the latest run in what a row is taken to cost, where it took longer. */
  static final double SLOWER = 0.25;

  /** Where it was quicker: first runs, of few rows and code that is not compiled, are slow. */
  static final double QUICKER = 0.5;

  private static final int UNBOUNDED = Integer.MAX_VALUE;
  private static final long NONE_YET = Long.MIN_VALUE;

  private final BatchPlan plan;
  private final int streamThreads;
  private final int maxInFlightRows;
  private final AtomicInteger maxRows = new AtomicInteger(UNBOUNDED);

  /** Stream threads that one stall holds up are late together, before anything has run again. */
  private final AtomicBoolean ranSince = new AtomicBoolean(true);

  private volatile int timelyRows = UNBOUNDED;

  /** What was said last, which holds as long as what it was made of. */
  private volatile @Nullable Bounded last;

  /** Of all that is under way on one stream thread. Guarded by this, as the next two. */
  private double maxNanos = Double.MAX_VALUE;

  private double rowNanos;
  private long epoch = NONE_YET;

  /**
   * A plan that is that one until a commit is late or may become so.
   *
   * @param maxInFlightRows rows that are under way on one of the stream threads at most, whatever
   *     runs take
   */
  public CautiousPlan(BatchPlan plan, int streamThreads, int maxInFlightRows) {
    this.plan = plan;
    this.streamThreads = streamThreads;
    this.maxInFlightRows = maxInFlightRows;
  }

  /** Says how long a commit has. */
  public synchronized void commitsWithin(Duration commit) {
    maxNanos = commit.toNanos() / 2.0 / streamThreads;
    timelyRows = UNBOUNDED;
  }

  @Override
  public BatchTarget target() {
    BatchTarget wanted = plan.target();
    int rows = maxRows.get();
    int timely = timelyRows;
    if (rows >= wanted.rows() && timely >= Math.min(wanted.inFlightRows(), maxInFlightRows)) {
      return wanted;
    }
    Bounded said = last;
    if (said == null || !said.isOf(wanted, rows, timely)) {
      said = new Bounded(wanted, rows, timely, bound(wanted, rows, timely));
      last = said;
    }
    return said.target();
  }

  private static BatchTarget bound(BatchTarget wanted, int rows, int timely) {
    if (rows >= wanted.rows()) {
      return new BatchTarget(
          Math.min(wanted.rows(), timely),
          wanted.lingerNanos(),
          timely,
          wanted.reason() + "; more would not be computed while a commit can wait");
    }
    int small = Math.min(rows, timely);
    return new BatchTarget(
        small,
        wanted.lingerNanos(),
        Math.min(wanted.inFlightRows(), BATCHES_UNDER_WAY * small),
        "a commit was late: small at first, of " + wanted.rows() + " rows in the end");
  }

  /** A target with the bounds that it was made of. */
  private record Bounded(BatchTarget wanted, int rows, int timely, BatchTarget target) {
    boolean isOf(BatchTarget nowWanted, int nowRows, int nowTimely) {
      return wanted.equals(nowWanted) && rows == nowRows && timely == nowTimely;
    }
  }

  @Override
  public void late() {
    if (ranSince.getAndSet(false)) {
      maxRows.updateAndGet(rows -> Math.max(1, Math.min(rows, plan.target().rows()) / DIVISOR));
    }
  }

  @Override
  public void ran(long runEpoch, int rows, long nanos) {
    if (maxRows.get() != UNBOUNDED) {
      ranSince.set(true);
      int wanted = plan.target().rows();
      maxRows.updateAndGet(bound -> bound >= wanted ? UNBOUNDED : bound + 1);
    }
    learn(runEpoch, (double) nanos / rows);
    plan.ran(runEpoch, rows, nanos);
  }

  /** A version that serves since a later decision is another one; an earlier one says no more. */
  private synchronized void learn(long runEpoch, double nanosOfRow) {
    if (runEpoch < epoch) {
      return;
    }
    boolean isKnown = runEpoch == epoch || (epoch == NONE_YET && rowNanos > 0);
    double weight = nanosOfRow < rowNanos ? QUICKER : SLOWER;
    rowNanos = isKnown ? rowNanos + weight * (nanosOfRow - rowNanos) : nanosOfRow;
    epoch = runEpoch;
    boundRows();
  }

  @Override
  public synchronized void expects(int rows, Duration run) {
    if (epoch == NONE_YET) {
      rowNanos = (double) run.toNanos() / rows;
      boundRows();
    }
  }

  private void boundRows() {
    double timely = maxNanos / rowNanos;
    timelyRows = timely >= maxInFlightRows ? UNBOUNDED : Math.max(1, (int) timely);
  }

  @Override
  public boolean isTuned() {
    return plan.isTuned();
  }

  @Override
  public void waits(Object thread, Object partitions, long records) {
    plan.waits(thread, partitions, records);
  }

  @Override
  public void left(Object thread) {
    plan.left(thread);
  }

  @Override
  public void step(long nowNanos, long taken, long inFlight) {
    plan.step(nowNanos, taken, inFlight);
  }
}

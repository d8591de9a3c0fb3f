package io.penstock.batching;

import io.penstock.batching.plan.BatchPlan;
import io.penstock.model.BatchSizes;
import java.util.Objects;

/** Where sealed batches are computed. Thread-safe. */
@FunctionalInterface
public interface Inference {

  /** Takes a sealed batch and finishes it some time later, come what may. Never blocks. */
  void submit(Batch batch);

  /** Batches that were submitted are held no longer: nothing comes with them. */
  default void hurry() {}

  /**
   * What a pipeline asks of the inference threads.
   *
   * @param pipeline its name
   * @param share its weight beside the other pipelines, 1 or more
   * @param sizes the sizes that its batches may be run at
   * @param maxBytes bytes of input columns that a batch of several rows does not exceed
   * @param nonFinite what becomes of a row whose outputs are not all finite numbers
   * @param plan what its batches aim at, which is told what runs take
   * @param deadlines when a run of them is given up on
   * @param senders whose rows they are
   */
  record Terms(
      String pipeline,
      int share,
      BatchSizes sizes,
      long maxBytes,
      NonFinite nonFinite,
      BatchPlan plan,
      Deadlines deadlines,
      Senders senders) {

    /** Terms of a topic's records. */
    public Terms(
        String pipeline,
        int share,
        BatchSizes sizes,
        long maxBytes,
        NonFinite nonFinite,
        BatchPlan plan,
        Deadlines deadlines) {
      this(pipeline, share, sizes, maxBytes, nonFinite, plan, deadlines, Senders.A_TOPIC);
    }

    public Terms {
      Objects.requireNonNull(pipeline, "pipeline");
      Objects.requireNonNull(sizes, "sizes");
      Objects.requireNonNull(nonFinite, "nonFinite");
      Objects.requireNonNull(plan, "plan");
      Objects.requireNonNull(deadlines, "deadlines");
      Objects.requireNonNull(senders, "senders");
      if (share < 1) {
        throw new IllegalArgumentException("share: " + share + " (expected: 1 or more)");
      }
    }
  }

  /** What becomes of a row with an output that is infinite or not a number. */
  enum NonFinite {
    /** It is a prediction as any other. */
    PASS,
    /** It becomes a dead letter. */
    DEAD_LETTER
  }

  /** Whose rows are run. */
  enum Senders {
    /**
     * A topic's, whose records are alike: a version that refuses row after row and has not computed
     * any is broken, or fed wrongly, and is not run any more.
     */
    A_TOPIC,
    /**
     * Anybody's who may send a request: what a version refuses, or hangs on, is the fault of a row,
     * and ends neither the version nor the process for others.
     */
    ANYBODY
  }
}

package io.penstock.model.fitness;

import io.penstock.model.DType;
import io.penstock.model.ModelException;
import io.penstock.model.ModelRunException;
import io.penstock.model.ModelSignature;
import io.penstock.model.Rows;
import io.penstock.model.ServableVersion;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warms one signature up with {@link SyntheticRows}. Batches have the sizes that will be run; open
 * dimensions are 1 and 8.
 *
 * <p>A model may well refuse invented data (an empty string is no JPEG), or compute infinities from
 * some of it (the logarithm of zero), so that is a warning. It fails the version if nothing but
 * numbers of fixed size was offered and all of it was refused, or if one of its outputs was never
 * finite. Not thread-safe.
 */
final class SyntheticBatches {

  private static final Logger LOG = LoggerFactory.getLogger(SyntheticBatches.class);

  private static final int[] OPEN_LENGTHS = {1, 8};

  private final TimedRuns runs;
  private final ServableVersion version;
  private final ModelSignature signature;
  private final Fitness fitness;

  /** For each output: whether a batch was all numbers in it, and where another was not. */
  private final boolean[] finite;

  private final @Nullable NonFinite[] notFinite;
  private final Rows inputs;
  private final Rows outputs;
  private int completed;
  private @Nullable ModelRunException rejection;

  SyntheticBatches(TimedRuns runs, ModelSignature signature, Fitness fitness) {
    this.runs = runs;
    this.version = runs.version();
    this.signature = signature;
    this.fitness = fitness;
    this.finite = new boolean[signature.outputs().size()];
    this.notFinite = new NonFinite[signature.outputs().size()];
    this.inputs = Rows.of(signature.inputs());
    this.outputs = Rows.of(signature.outputs());
  }

  /**
   * Runs batches of one size.
   *
   * @throws ModelException if the version cannot serve the signature
   */
  void run(int rows) {
    int[] lengths = signature.hasFixedSizeInputs() ? new int[] {1} : OPEN_LENGTHS;
    for (int length : lengths) {
      for (int run = 0; run < WarmUp.RUNS; run++) {
        runOnce(rows, length, run % 2);
      }
    }
  }

  /**
   * Says what came of all of them.
   *
   * @throws ModelException if the version cannot serve the signature
   */
  void judge() {
    judgeRejections();
    judgeOutputs();
  }

  private void runOnce(int rows, int openLength, int value) {
    SyntheticRows.fill(inputs, signature.inputs(), rows, openLength, value);
    try {
      runs.runAtSize(signature, inputs, rows, outputs);
    } catch (ModelRunException e) {
      if (e.blame() != ModelRunException.Blame.INPUT) {
        throw e.explained(
            ("%s loaded, but its first runs failed: %s. Copy it again if variables are missing, or"
                    + " export it again.")
                .formatted(version.id(), e.getMessage()));
      }
      rejection = e;
      return;
    }
    completed++;
    for (int i = 0; i < finite.length; i++) {
      Optional<NonFinite> found =
          NonFinite.first(signature.outputs().get(i), outputs.column(i), rows);
      finite[i] |= found.isEmpty();
      if (notFinite[i] == null) {
        notFinite[i] = found.orElse(null);
      }
    }
  }

  private void judgeOutputs() {
    for (int i = 0; i < finite.length; i++) {
      @Nullable NonFinite found = notFinite[i];
      if (found != null && !finite[i] && fitness.finiteOutputsRequired()) {
        throw new ModelException(
            ("%s computes infinities or NaN for every synthetic batch of its warm-up: signature %s,"
                    + " %s. Train it again; or record warm-up requests with it if real inputs give"
                    + " numbers; or set fitness.finite-outputs: optional if it is meant to.")
                .formatted(version.id(), signature.name(), found));
      }
      if (found != null) {
        LOG.warn(
            "{} computes infinities or NaN for synthetic input: signature {}, {}. Check the model"
                + " if its real predictions are not finite either.",
            version.id(),
            signature.name(),
            found);
      }
    }
  }

  private void judgeRejections() {
    if (rejection == null) {
      return;
    }
    boolean fair =
        signature.hasFixedSizeInputs()
            && signature.inputs().stream().noneMatch(spec -> spec.dtype() == DType.STRING);
    if (completed == 0 && fair) {
      throw new ModelException(
          "%s loaded, but refused every batch of its warm-up: %s"
              .formatted(version.id(), rejection.getMessage()),
          rejection);
    }
    LOG.warn(
        "{} refused synthetic batches of its warm-up ({} others ran), so its first real batches may"
            + " be slow: {}",
        version.id(),
        completed,
        rejection.getMessage());
  }
}

package io.penstock.model.fitness;

import io.penstock.model.DType;
import io.penstock.model.ModelException;
import io.penstock.model.ModelRunException;
import io.penstock.model.ModelSignature;
import io.penstock.model.Rows;
import io.penstock.model.ServableVersion;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warms one signature up with {@link SyntheticRows}. Batches have the sizes that will be run; open
 * dimensions are 1 and 8.
 *
 * <p>A model may well refuse invented data (an empty string is no JPEG), or compute infinities from
 * it, so that is a warning. It fails the version if nothing but numbers of fixed size was offered
 * and all of it was refused. Not thread-safe.
 */
final class SyntheticBatches {

  private static final Logger LOG = LoggerFactory.getLogger(SyntheticBatches.class);

  private static final int[] OPEN_LENGTHS = {1, 8};

  private final TimedRuns runs;
  private final ServableVersion version;
  private final ModelSignature signature;
  private final Rows inputs;
  private final Rows outputs;
  private int completed;
  private @Nullable ModelRunException rejection;

  SyntheticBatches(TimedRuns runs, ModelSignature signature) {
    this.runs = runs;
    this.version = runs.version();
    this.signature = signature;
    this.inputs = Rows.of(signature.inputs());
    this.outputs = Rows.of(signature.outputs());
  }

  /**
   * Runs batches of every size.
   *
   * @throws ModelException if the version cannot serve the signature
   */
  void run(SortedSet<Integer> sizes) {
    int[] lengths = signature.hasFixedSizeInputs() ? new int[] {1} : OPEN_LENGTHS;
    for (int rows : sizes) {
      for (int length : lengths) {
        for (int run = 0; run < WarmUp.RUNS; run++) {
          runOnce(rows, length, run % 2);
        }
      }
    }
    judgeRejections();
  }

  private void runOnce(int rows, int openLength, int value) {
    SyntheticRows.fill(inputs, signature.inputs(), rows, openLength, value);
    try {
      runs.run(signature, inputs, rows, outputs);
    } catch (ModelRunException e) {
      if (e.blame() != ModelRunException.Blame.INPUT) {
        throw new ModelException(
            ("%s loaded, but its first runs failed: %s. Copy it again if variables are missing, or"
                    + " export it again.")
                .formatted(version.id(), e.getMessage()),
            e);
      }
      rejection = e;
      return;
    }
    if (completed++ == 0) {
      FiniteRows.firstNot(signature, outputs, rows)
          .ifPresent(
              spec ->
                  LOG.warn(
                      "{}: output {} of signature {} is not finite for synthetic input. Check the"
                          + " model if its real predictions are not either.",
                      version.id(),
                      spec,
                      signature.name()));
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

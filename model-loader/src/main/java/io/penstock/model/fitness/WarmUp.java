package io.penstock.model.fitness;

import io.penstock.model.ModelException;
import io.penstock.model.ModelRunException;
import io.penstock.model.ModelSignature;
import io.penstock.model.Rows;
import io.penstock.model.ServableVersion;
import io.penstock.model.TensorSpec;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a loaded version before anybody leases it, for two reasons: the first runs are slow by
 * orders of magnitude, and only a run shows whether the variables are there.
 *
 * <p>First every request that was recorded for it, once and as it was, as TensorFlow Serving does;
 * one that fails, fails the version. Then each signature at the sizes that will be run: with the
 * rows of its first recorded request again and again, else with {@link SyntheticRows}, which a
 * model may refuse (see {@link SyntheticBatches}). A signature that writes variables is run with
 * recorded requests alone, and these but once: what it computes later depends on every run.
 */
public final class WarmUp {

  private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);

  /** The first run costs hundreds of milliseconds, the fifth what the later ones cost. */
  static final int RUNS = 6;

  private final TimedRuns runs;

  /** The first recorded request of each signature. */
  private final Map<String, RecordedRequest> samples = new HashMap<>();

  private int recorded;

  private WarmUp(ServableVersion version) {
    this.runs = new TimedRuns(version, LockSupport::parkNanos);
  }

  /**
   * Warms a version up.
   *
   * @param signatures the signatures that will be run
   * @param sizes the batch sizes that will be run
   * @throws ModelException if it cannot serve one of them, or what was recorded for it
   */
  public static WarmUpReport run(
      ServableVersion version,
      Set<String> signatures,
      Set<Integer> sizes,
      RecordedRequests requests) {
    WarmUp warmUp = new WarmUp(version);
    requests.forEach(warmUp::replay);
    for (String name : new TreeSet<>(signatures)) {
      warmUp.warmUp(warmUp.signature(name), sizes);
    }
    return warmUp.runs.report(warmUp.recorded);
  }

  private void replay(RecordedRequest request) {
    recorded++;
    Rows outputs = Rows.of(request.signature().outputs());
    try {
      runs.run(request.signature(), request.inputs(), request.rows(), outputs);
    } catch (ModelRunException e) {
      throw new ModelException(
          "%s failed at recorded warm-up request %d: %s. Mend the version, or what was recorded."
              .formatted(version().id(), recorded, e.getMessage()),
          e);
    }
    Optional<TensorSpec> notFinite =
        FiniteRows.firstNot(request.signature(), outputs, request.rows());
    if (notFinite.isPresent()) {
      throw new ModelException(
          "%s computes infinities or NaN for recorded warm-up request %d: output %s. Train it again."
              .formatted(version().id(), recorded, notFinite.get()));
    }
    samples.putIfAbsent(request.signature().name(), request);
  }

  private void warmUp(ModelSignature signature, Set<Integer> sizes) {
    SortedSet<Integer> ascending =
        new TreeSet<>(
            signature.batchSize().isPresent() ? Set.of(signature.batchSize().getAsInt()) : sizes);
    @Nullable RecordedRequest sample = samples.get(signature.name());
    if (version().changesState(signature)) {
      LOG.warn(
          "{}: signature {} writes variables, so it was run for its warm-up {}. Records that are"
              + " computed again after a crash count again in it.",
          version().id(),
          signature.name(),
          sample == null ? "not at all" : "with what was recorded, once");
    } else if (sample == null) {
      new SyntheticBatches(runs, signature).run(ascending);
    } else {
      ascending.forEach(rows -> repeat(sample, rows));
    }
  }

  /** Runs batches of another size, made of the rows of a recorded request. */
  private void repeat(RecordedRequest sample, int rows) {
    ModelSignature signature = sample.signature();
    Rows inputs = Rows.of(signature.inputs());
    inputs.reshapeLike(sample.inputs(), rows);
    for (int row = 0; row < rows; row++) {
      sample.inputs().copyRow(row % sample.rows(), inputs, row);
    }
    Rows outputs = Rows.of(signature.outputs());
    for (int run = 0; run < RUNS; run++) {
      try {
        runs.run(signature, inputs, rows, outputs);
      } catch (ModelRunException e) {
        throw new ModelException(
            "%s failed at a batch of %d rows of recorded warm-up requests: %s. Lower the batch size, or export it again."
                .formatted(version().id(), rows, e.getMessage()),
            e);
      }
    }
  }

  private ModelSignature signature(String name) {
    return version()
        .signature(name)
        .orElseThrow(
            () ->
                new ModelException(
                    "%s has no signature %s (expected: one of %s)"
                        .formatted(version().id(), name, version().signatures())));
  }

  private ServableVersion version() {
    return runs.version();
  }
}

package io.penstock.model.fitness;

import io.penstock.model.ModelException;
import io.penstock.model.ModelRunException;
import io.penstock.model.ModelSignature;
import io.penstock.model.Rows;
import io.penstock.model.ServableVersion;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a loaded version before anybody leases it, for two reasons: the first runs are slow by
 * orders of magnitude, and only a run shows whether the variables are there.
 *
 * <p>First every request that was recorded for it, once and as it was, as TensorFlow Serving does;
 * one that fails, fails the version. What was recorded for signatures that will not be run is
 * passed over. Then each signature at the sizes that will be run: with the rows of its first
 * recorded request again and again, else with its golden inputs, else with {@link SyntheticRows},
 * which a model may refuse (see {@link SyntheticBatches}). The smallest and the largest size are
 * run first, and however long that takes; those between for as long as the warm-up has not taken
 * too long. A signature that writes variables is run with recorded requests alone, and these but
 * once: what it computes later depends on every run.
 */
public final class WarmUp {

  private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);

  /** The first run costs hundreds of milliseconds, the fifth what the later ones cost. */
  static final int RUNS = 6;

  /** Past it no size is begun but the smallest and the largest. */
  static final Duration BUDGET = Duration.ofSeconds(30);

  private final TimedRuns runs;
  private final Fitness fitness;

  /** The first recorded request of each signature. */
  private final Map<String, RecordedRequest> samples = new HashMap<>();

  private final Map<String, RecordedRequest> golden;
  private int recorded;
  private int goldenRuns;

  private WarmUp(TimedRuns runs, Fitness fitness, Map<String, RecordedRequest> golden) {
    this.fitness = fitness;
    this.runs = runs;
    this.golden = golden;
  }

  /**
   * Warms a version up.
   *
   * @param fitness which signatures will be run at which sizes
   * @param golden inputs that it is known to take, by signature; for those that nothing was
   *     recorded for
   * @throws ModelException if it cannot serve one of them, or what was recorded for it
   */
  public static WarmUpReport run(
      ServableVersion version,
      Fitness fitness,
      RecordedRequests requests,
      Map<String, RecordedRequest> golden) {
    return run(
        new TimedRuns(version, System::nanoTime, LockSupport::parkNanos),
        fitness,
        requests,
        golden);
  }

  static WarmUpReport run(
      TimedRuns runs,
      Fitness fitness,
      RecordedRequests requests,
      Map<String, RecordedRequest> golden) {
    WarmUp warmUp = new WarmUp(runs, fitness, golden);
    Map<String, Integer> passedOver = requests.forEach(fitness.signatures(), warmUp::replay);
    if (!passedOver.isEmpty()) {
      LOG.info(
          "{}: recorded warm-up requests that no pipeline would send were passed over: {}.",
          runs.version().id(),
          passedOver);
    }
    for (String name : new TreeSet<>(fitness.signatures())) {
      warmUp.warmUp(warmUp.signature(name));
    }
    return runs.report(warmUp.recorded, warmUp.goldenRuns);
  }

  private void replay(RecordedRequest request) {
    recorded++;
    Rows outputs = Rows.of(request.signature().outputs());
    try {
      runs.runRecorded(request.signature(), request.inputs(), request.rows(), outputs);
    } catch (ModelRunException e) {
      throw e.explained(
          "%s failed at recorded warm-up request %d: %s. Mend the version, or what was recorded."
              .formatted(version().id(), recorded, e.getMessage()));
    }
    Optional<NonFinite> notFinite = NonFinite.first(request.signature(), outputs, request.rows());
    if (fitness.finiteOutputsRequired() && notFinite.isPresent()) {
      throw new ModelException(
          "%s computes infinities or NaN for recorded warm-up request %d: %s. Train it again, or set fitness.finite-outputs: optional if it is meant to."
              .formatted(version().id(), recorded, notFinite.get()));
    }
    samples.putIfAbsent(request.signature().name(), request);
  }

  private void warmUp(ModelSignature signature) {
    @Nullable RecordedRequest sample = samples.get(signature.name());
    @Nullable RecordedRequest expected = golden.get(signature.name());
    if (version().changesState(signature)) {
      LOG.warn(
          "{}: signature {} writes variables, so it was run for its warm-up {}. Records that are"
              + " computed again after a crash count again in it.",
          version().id(),
          signature.name(),
          sample == null ? "not at all" : "with what was recorded, once");
    } else if (sample != null) {
      runSizes(signature, rows -> repeat("recorded warm-up requests", sample, rows));
    } else if (expected != null) {
      int before = runs.count();
      runSizes(signature, rows -> repeat("its golden inputs", expected, rows));
      goldenRuns += runs.count() - before;
    } else {
      SyntheticBatches batches = new SyntheticBatches(runs, signature, fitness);
      runSizes(signature, batches::run);
      batches.judge();
    }
  }

  private void runSizes(ModelSignature signature, IntConsumer batches) {
    TreeSet<Integer> sizes =
        new TreeSet<>(
            signature.batchSize().isPresent()
                ? Set.of(signature.batchSize().getAsInt())
                : fitness.batchRows());
    Set<Integer> extremes = new LinkedHashSet<>(List.of(sizes.first(), sizes.last()));
    extremes.forEach(batches::accept);
    sizes.removeAll(extremes);
    while (!sizes.isEmpty() && runs.elapsed().compareTo(BUDGET) < 0) {
      batches.accept(Objects.requireNonNull(sizes.pollFirst()));
    }
    if (!sizes.isEmpty()) {
      LOG.info(
          "{}: batches of {} rows were not warmed up in signature {}, since the warm-up has taken {}"
              + " s. The first of them may be slow.",
          version().id(),
          sizes,
          signature.name(),
          runs.elapsed().toSeconds());
    }
  }

  /** Runs batches of another size, made of rows that the version is known to take. */
  private void repeat(String origin, RecordedRequest sample, int rows) {
    ModelSignature signature = sample.signature();
    Rows inputs = Rows.of(signature.inputs());
    inputs.reshapeLike(sample.inputs(), rows);
    for (int row = 0; row < rows; row++) {
      sample.inputs().copyRow(row % sample.rows(), inputs, row);
    }
    Rows outputs = Rows.of(signature.outputs());
    for (int run = 0; run < RUNS; run++) {
      try {
        runs.runAtSize(signature, inputs, rows, outputs);
      } catch (ModelRunException e) {
        throw e.explained(
            "%s failed at a batch of %d rows of %s: %s. Lower the batch size, or export it again."
                .formatted(version().id(), rows, origin, e.getMessage()));
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

package io.penstock.model.lifecycle;

import io.penstock.model.ModelException;
import io.penstock.model.ServableId;
import io.penstock.model.fitness.GoldenChecks;
import io.penstock.model.fitness.WarmUp;
import io.penstock.model.fitness.WarmUpReport;
import io.penstock.model.memory.Claim;
import io.penstock.model.memory.ModelFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads versions of one model that are fit to serve: their memory is admitted, they are loaded,
 * warmed up, and pass their golden checks. Of one that fails a step, nothing is left. Thread-safe.
 */
final class FitLoader {

  private static final Logger LOG = LoggerFactory.getLogger(FitLoader.class);

  private final ModelSettings settings;
  private final LoadTerms terms;
  private final ModelLoader loader;

  FitLoader(ModelSettings settings, LoadTerms terms, ModelLoader loader) {
    this.settings = settings;
    this.terms = terms;
    this.loader = loader;
  }

  /**
   * Loads a version.
   *
   * @throws ModelException if it is not fit; the message says why
   */
  FitVersion load(ServableId id, Path directory) {
    long begin = System.nanoTime();
    Claim claim = terms.memory().claim(id, fileBytes(directory), terms.memoryLimit());
    boolean fit = false;
    try {
      FitVersion version = loadAndProve(id, directory, claim);
      claim.loaded();
      fit = true;
      LOG.info(
          "{} is loaded and warm after {} ms ({}). Warm-up: {}. Golden checks: {}.",
          id,
          TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin),
          version.model().fingerprint(),
          version.warmUp(),
          version.goldenChecks());
      return version;
    } finally {
      if (!fit) {
        claim.close();
      }
    }
  }

  private FitVersion loadAndProve(ServableId id, Path directory, Claim claim) {
    LoadedModel model = loader.load(id, directory, settings.requiredSignatures());
    boolean fit = false;
    try {
      WarmUpReport warmUp =
          WarmUp.run(
              model,
              settings.requiredSignatures(),
              settings.warmUpRows(),
              model.recordedRequests());
      int golden = GoldenChecks.check(model, directory, terms.goldenChecksRequired());
      fit = true;
      return new FitVersion(model, claim, warmUp, golden);
    } finally {
      if (!fit) {
        model.close();
      }
    }
  }

  /** Files that cannot be read are none of this method's business: the load says so better. */
  private static long fileBytes(Path directory) {
    try {
      return ModelFiles.bytes(directory);
    } catch (IOException e) {
      return 0;
    }
  }
}

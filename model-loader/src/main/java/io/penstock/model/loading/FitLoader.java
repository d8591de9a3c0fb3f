package io.penstock.model.loading;

import io.penstock.model.ModelException;
import io.penstock.model.RetriableModelException;
import io.penstock.model.ServableId;
import io.penstock.model.fitness.Fitness;
import io.penstock.model.fitness.GoldenChecks;
import io.penstock.model.fitness.WarmUp;
import io.penstock.model.fitness.WarmUpReport;
import io.penstock.model.memory.Claim;
import io.penstock.model.memory.ModelFiles;
import io.penstock.model.memory.NoRoomException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads versions of one model that are fit to serve: their memory is admitted, they are loaded,
 * warmed up, and pass their golden checks. Of one that fails a step, nothing is left. Thread-safe.
 */
public final class FitLoader {

  private static final Logger LOG = LoggerFactory.getLogger(FitLoader.class);

  private final LoadTerms terms;
  private final ModelLoader loader;
  private volatile Fitness fitness;

  /** A loader of one model's versions. */
  public FitLoader(Fitness fitness, LoadTerms terms, ModelLoader loader) {
    this.fitness = fitness;
    this.terms = terms;
    this.loader = loader;
  }

  /** Asks that of versions whose load begins from now on. */
  public void require(Fitness next) {
    fitness = next;
  }

  /**
   * Loads a version.
   *
   * @param isGivenUp whether nobody waits for it any more, since its files were too long in coming
   * @throws ModelException if it is not fit; the message says why
   */
  public FitVersion load(ServableId id, Path directory, BooleanSupplier isGivenUp) {
    long begin = System.nanoTime();
    Claim claim = terms.memory().claim(id, fileBytes(id, directory), terms.memoryLimit());
    boolean fit = false;
    try {
      // After the claim: one that is made before it is given up on is booked as that.
      if (isGivenUp.getAsBoolean()) {
        throw new ModelException(id + " is not loaded any more: it was given up on before.");
      }
      FitVersion version = loadAndProve(id, directory, claim, begin);
      claim.loaded();
      fit = true;
      LOG.info(
          "{} is loaded and warm after {} ms ({}). Warm-up: {}. Golden checks: {}.",
          id,
          version.loadTime().toMillis(),
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

  /** Loads a version, and says what came of it: throws nothing. Parameters as {@link #load}. */
  public Loaded attempt(ServableId id, Path directory, BooleanSupplier isGivenUp) {
    try {
      return new Loaded.Fit(load(id, directory, isGivenUp));
    } catch (NoRoomException e) {
      return e.isRoomOnItsWay() ? new Loaded.Postponed(e, e.givenBack()) : new Loaded.Failed(e);
    } catch (ModelException e) {
      return new Loaded.Failed(e);
    } catch (RuntimeException | Error e) {
      String message = id + " could not be loaded: " + e;
      boolean passes = e instanceof UncheckedIOException || e instanceof OutOfMemoryError;
      return new Loaded.Failed(
          passes ? new RetriableModelException(message, e) : new ModelException(message, e), e);
    }
  }

  private FitVersion loadAndProve(ServableId id, Path directory, Claim claim, long begin) {
    Fitness asked = fitness;
    LoadedModel model = loader.load(id, directory, asked.signatures());
    boolean fit = false;
    try {
      GoldenChecks golden = GoldenChecks.read(model, directory, asked);
      WarmUpReport warmUp = WarmUp.run(model, asked, model.recordedRequests(), golden.samples());
      int checked = golden.run();
      fit = true;
      Duration loadTime = Duration.ofNanos(System.nanoTime() - begin);
      return new FitVersion(model, claim, warmUp, checked, loadTime);
    } finally {
      if (!fit) {
        model.close();
      }
    }
  }

  private static long fileBytes(ServableId id, Path directory) {
    try {
      return ModelFiles.bytes(directory);
    } catch (IOException e) {
      throw new RetriableModelException(
          "%s is not loaded: the size of its files in %s, by which its memory is admitted, cannot be told: %s. Check that they are there and readable."
              .formatted(id, directory, e),
          e);
    }
  }
}

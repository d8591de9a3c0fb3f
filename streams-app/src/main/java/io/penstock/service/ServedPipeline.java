package io.penstock.service;

import io.penstock.batching.Inference;
import io.penstock.batching.VersionBinding;
import io.penstock.batching.shape.VariableLengths;
import io.penstock.codec.CopyTarget;
import io.penstock.codec.InputFormat;
import io.penstock.codec.MappingException;
import io.penstock.codec.OutputFormat;
import io.penstock.codec.PredictionEncoder;
import io.penstock.inference.InferenceStatistics;
import io.penstock.model.Lease;
import io.penstock.model.ModelException;
import io.penstock.model.ModelSignature;
import io.penstock.model.ServableVersion;
import io.penstock.model.fitness.SignatureChanges;
import io.penstock.registry.RegistryException;
import io.penstock.streams.Pipeline;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A pipeline with what binds it to versions of its model.
 *
 * @param rollsBack whether a version that it cannot run is to be rolled back
 * @param terms what its batches ask of the inference threads
 * @param inference what these have done for it
 * @param lengths how rows of differing lengths join one batch
 */
record ServedPipeline(
    Pipeline pipeline,
    boolean rollsBack,
    Inference.Terms terms,
    InferenceStatistics inference,
    String signature,
    InputFormat input,
    VariableLengths lengths,
    OutputFormat output) {

  private static final Logger log = LoggerFactory.getLogger(ServedPipeline.class);

  /**
   * Starts the pipeline, also where a version stopped it that serves no more. Blocks while it looks
   * at the cluster.
   */
  void start() {
    try {
      pipeline.start();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * How the pipeline uses a version. Asks the registry for the schema of its predictions.
   *
   * @throws ModelException if the version lacks the signature, the fields do not fit it, or the
   *     schema is not registered and may not be; names the differences from the version that serves
   * @throws RegistryException if the registry does not answer
   */
  VersionBinding bind(ServableVersion version, Supplier<Optional<Lease>> leases) {
    ModelSignature run = signatureOf(version);
    VersionBinding binding = bind(version, run, leases);
    pipeline
        .serving()
        .map(serving -> unlike(serving, run))
        .filter(differences -> !differences.isEmpty())
        .ifPresent(
            differences ->
                log.warn(
                    "{} suits pipeline {}, and its predictions may have another schema. {}",
                    version.id(),
                    pipeline.name(),
                    differences));
    return binding;
  }

  private VersionBinding bind(
      ServableVersion version, ModelSignature run, Supplier<Optional<Lease>> leases) {
    return orNameChanges(
        run,
        () -> {
          // Once here, so that a mapping that does not fit fails the version and not a thread.
          var unused = input.decoder(run);
          PredictionEncoder encoder = output.encoder(version, run);
          encoder
              .copyTarget()
              .filter(target -> !target.fields().isEmpty())
              .ifPresent(this::requireCopier);
          return new VersionBinding(
              version.id(), terms, version.fingerprint(), run, input, lengths, encoder, leases);
        });
  }

  private void requireCopier(CopyTarget target) {
    var unused = input.copier(target);
  }

  /**
   * Fails where a version would turn all that producers write now or soon into dead letters, as far
   * as anything says so. May ask the registry.
   *
   * @throws ModelException if it would; names the differences from the version that serves
   * @throws RegistryException if the registry does not answer
   */
  void requireReadableBy(ServableVersion version) {
    ModelSignature run = signatureOf(version);
    orNameChanges(
        run,
        () -> {
          requireReadable(version, run);
          return run;
        });
  }

  private void requireReadable(ServableVersion version, ModelSignature run) {
    try {
      input.requireReadable(run);
    } catch (MappingException e) {
      throw new MappingException(
          "Pipeline %s: %s cannot read its input: %s"
              .formatted(pipeline.name(), version.id(), e.getMessage()));
    }
  }

  private <T> T orNameChanges(ModelSignature next, Supplier<T> step) {
    try {
      return step.get();
    } catch (RegistryException e) {
      throw e.isRetriable() ? e : unfit(next, e);
    } catch (MappingException e) {
      throw unfit(next, e);
    }
  }

  /** Why a version is refused, for whoever knows the one that serves. */
  private ModelException unfit(ModelSignature next, RuntimeException reason) {
    String message = String.valueOf(reason.getMessage());
    String changes =
        pipeline
            .serving()
            .map(serving -> unlike(serving, next))
            .filter(differences -> !differences.isEmpty())
            .map(differences -> (message.endsWith(".") ? " " : ". ") + differences)
            .orElse("");
    return new ModelException(message + changes, reason);
  }

  private static String unlike(VersionBinding serving, ModelSignature next) {
    List<String> changes = SignatureChanges.between(serving.signature(), next);
    return changes.isEmpty()
        ? ""
        : "Unlike %s, which serves: %s".formatted(serving.id(), String.join("; ", changes));
  }

  private ModelSignature signatureOf(ServableVersion version) {
    return version
        .signature(signature)
        .orElseThrow(
            () ->
                new ModelException(
                    version.id()
                        + " has no signature "
                        + signature
                        + ", which pipelines."
                        + pipeline.name()
                        + ".signature asks for (expected: one of "
                        + new TreeSet<>(version.signatures())
                        + ")"));
  }
}

package io.penstock.service;

import io.penstock.batching.Inference;
import io.penstock.batching.VersionBinding;
import io.penstock.batching.shape.VariableLengths;
import io.penstock.check.schema.InputSchema;
import io.penstock.codec.InputFormat;
import io.penstock.codec.MappingException;
import io.penstock.codec.OutputFormat;
import io.penstock.codec.PredictionEncoder;
import io.penstock.inference.InferenceStatistics;
import io.penstock.model.Lease;
import io.penstock.model.ModelException;
import io.penstock.model.ModelSignature;
import io.penstock.model.ServableVersion;
import io.penstock.streams.Pipeline;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * A pipeline with what binds it to versions of its model.
 *
 * @param rollsBack whether a version that it cannot run is to be rolled back
 * @param terms what its batches ask of the inference threads
 * @param inference what these have done for it
 * @param lengths how rows of differing lengths join one batch
 * @param inputSchema what its producers write by their newest schema
 */
record ServedPipeline(
    Pipeline pipeline,
    boolean rollsBack,
    Inference.Terms terms,
    InferenceStatistics inference,
    String signature,
    InputFormat input,
    VariableLengths lengths,
    InputSchema inputSchema,
    OutputFormat output) {

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
   * @throws ModelException if the version lacks the signature
   * @throws MappingException if the fields do not fit the signature
   * @throws io.penstock.registry.RegistryException if the schema is not registered, and may not be
   */
  VersionBinding bind(ServableVersion version, Supplier<Optional<Lease>> leases) {
    ModelSignature run = signatureOf(version);
    // Asked for once here, so that a mapping that does not fit fails the version and not a thread.
    var unused = input.decoder(run);
    PredictionEncoder encoder = output.encoder(version.id(), run);
    return new VersionBinding(
        version.id(), terms, version.fingerprint(), run, input, lengths, encoder, leases);
  }

  /** Fails as {@link InputSchema#requireReadableBy} does; asks the registry. */
  void requireReadableBy(ServableVersion version) {
    inputSchema.requireReadableBy(version, signatureOf(version));
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

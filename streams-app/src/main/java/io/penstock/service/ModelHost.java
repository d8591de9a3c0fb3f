package io.penstock.service;

import io.penstock.batching.VersionBinding;
import io.penstock.codec.PredictionEncoder;
import io.penstock.control.ServedModel;
import io.penstock.model.ModelException;
import io.penstock.model.ModelSignature;
import io.penstock.model.ServableVersion;
import io.penstock.model.lifecycle.ModelRuntime;
import io.penstock.model.lifecycle.VersionState;
import io.penstock.model.lifecycle.VersionStatus;
import io.penstock.streams.Pipeline;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * One model of this instance: its runtime, and the pipelines that it computes for. What the control
 * plane asks of a model happens here.
 *
 * <p>All calls on the control thread, but for those that only look ({@link #describe}, {@link
 * #active}, {@link #runtime}); what may block runs on work threads and ends in {@link
 * Pipeline#ready}, which is thread-safe.
 */
final class ModelHost {

  private final ModelRuntime runtime;
  private final boolean automatic;
  private final List<ServedPipeline> pipelines;
  private final ExecutorService work;
  private final Set<Long> prepared = new TreeSet<>();
  private volatile @Nullable Long active;

  /**
   * @param work runs what may block: registry look-ups and the start of pipelines
   */
  ModelHost(
      ModelRuntime runtime,
      boolean automatic,
      List<ServedPipeline> pipelines,
      ExecutorService work) {
    this.runtime = runtime;
    this.automatic = automatic;
    this.pipelines = List.copyOf(pipelines);
    this.work = work;
  }

  /** Completes when the version is loaded, warm, and ready in every pipeline. */
  CompletionStage<Void> prepare(long version) {
    prepared.add(version);
    retain();
    return runtime.whenAvailable(version).thenAcceptAsync(this::bindEverywhere, work);
  }

  /** The version serves from now on. Others stay ready only while they are being prepared. */
  void activate(long version, long epoch) {
    active = version;
    prepared.remove(version);
    for (ServedPipeline served : pipelines) {
      served.pipeline().cutOver(version, epoch);
      work.execute(served::start);
    }
    retain();
  }

  /** The version will not serve. */
  void abandon(long version) {
    prepared.remove(version);
    pipelines.forEach(served -> served.pipeline().forget(version));
    retain();
  }

  /** The model as the control plane reports it. */
  ServedModel describe() {
    SortedSet<Long> aspired = new TreeSet<>();
    List<io.penstock.schemas.VersionStatus> versions = new ArrayList<>();
    for (VersionStatus status : runtime.statuses().values()) {
      if (status.state() != VersionState.END || status.error().isPresent()) {
        aspired.add(status.id().version());
      }
      versions.add(
          new io.penstock.schemas.VersionStatus(
              status.id().version(),
              io.penstock.schemas.VersionState.valueOf(status.state().name()),
              status.error().orElse(null)));
    }
    return new ServedModel(automatic, aspired, versions);
  }

  ModelRuntime runtime() {
    return runtime;
  }

  /** The version that serves; empty before the first. */
  Optional<Long> active() {
    return Optional.ofNullable(active);
  }

  private void bindEverywhere(ServableVersion version) {
    for (ServedPipeline served : pipelines) {
      served.pipeline().ready(bind(served, version));
    }
  }

  private VersionBinding bind(ServedPipeline served, ServableVersion version) {
    ModelSignature signature =
        version
            .signature(served.signature())
            .orElseThrow(
                () ->
                    new ModelException(
                        version.id()
                            + " has no signature "
                            + served.signature()
                            + ", which pipelines."
                            + served.pipeline().name()
                            + ".signature asks for (expected: one of "
                            + new TreeSet<>(version.signatures())
                            + ")"));
    // Asked for once here, so that a mapping that does not fit fails the version and not a thread.
    var unused = served.input().decoder(signature);
    PredictionEncoder encoder = served.output().encoder(version.id(), signature);
    long number = version.id().version();
    return new VersionBinding(
        version.id(),
        served.terms(),
        version.fingerprint(),
        signature,
        served.input(),
        served.lengths(),
        encoder,
        () -> runtime.acquire(number));
  }

  private void retain() {
    Set<Long> retained = new TreeSet<>(prepared);
    active().ifPresent(retained::add);
    runtime.retain(retained);
  }
}

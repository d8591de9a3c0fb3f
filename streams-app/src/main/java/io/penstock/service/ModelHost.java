package io.penstock.service;

import io.penstock.control.ServedModel;
import io.penstock.model.ModelException;
import io.penstock.model.ServableVersion;
import io.penstock.model.lifecycle.ModelRuntime;
import io.penstock.model.lifecycle.VersionStatus;
import io.penstock.registry.RegistryException;
import io.penstock.streams.Pipeline;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One model of this instance: its runtime, and the pipelines that it computes for. What the control
 * plane asks of a model happens here.
 *
 * <p>All calls on the control thread, but for those that only look ({@link #describe}, {@link
 * #active}, {@link #fallback()}, {@link #runtime}); what may block runs on work threads and ends in
 * {@link Pipeline#ready}, which is thread-safe.
 */
final class ModelHost {

  private static final Logger log = LoggerFactory.getLogger(ModelHost.class);

  private final ModelRuntime runtime;
  private final boolean automatic;
  private final List<ServedPipeline> pipelines;
  private final Executor work;
  private final Set<Long> prepared = new TreeSet<>();
  private volatile @Nullable Long active;
  private volatile String fallback = "";

  /**
   * @param work runs what may block: registry look-ups and the start of pipelines
   */
  ModelHost(
      ModelRuntime runtime, boolean automatic, List<ServedPipeline> pipelines, Executor work) {
    this.runtime = runtime;
    this.automatic = automatic;
    this.pipelines = List.copyOf(pipelines);
    this.work = work;
  }

  /**
   * Completes when the version is loaded, warm, and ready in every pipeline, and can read what each
   * pipeline's producers write by their newest schema. A change of its signature that all this
   * tolerates is none to refuse; a refusal names every difference from the version that serves.
   * Fails for a version that a pipeline has stopped with in the life of this process.
   */
  CompletionStage<Void> prepare(long version) {
    Optional<ModelException> refusal = refusal(version);
    if (refusal.isPresent()) {
      return CompletableFuture.failedFuture(refusal.get());
    }
    return whenAvailable(version)
        .thenAcceptAsync(
            loaded -> {
              pipelines.forEach(served -> served.requireReadableBy(loaded));
              bindEverywhere(loaded);
            },
            work);
  }

  /**
   * Completes when a version that the fleet serves already is loaded, warm, and ready in every
   * pipeline. A schema that was registered since, and does not suit it, is worth a warning.
   */
  CompletionStage<Void> resume(long version) {
    return whenAvailable(version)
        .thenAcceptAsync(
            loaded -> {
              bindEverywhere(loaded);
              work.execute(() -> pipelines.forEach(served -> warnUnlessReadable(served, loaded)));
            },
            work);
  }

  private Optional<ModelException> refusal(long version) {
    for (ServedPipeline served : pipelines) {
      Optional<String> why = served.pipeline().refusal(version);
      if (why.isPresent()) {
        return Optional.of(
            new ModelException(
                ("pipeline %s has stopped with version %d and does not run it again before this"
                        + " instance is restarted: %s")
                    .formatted(served.pipeline().name(), version, why.get())));
      }
    }
    return Optional.empty();
  }

  private CompletionStage<ServableVersion> whenAvailable(long version) {
    prepared.add(version);
    retain();
    return runtime.whenAvailable(version);
  }

  private static void warnUnlessReadable(ServedPipeline served, ServableVersion version) {
    try {
      served.requireReadableBy(version);
    } catch (ModelException | RegistryException e) {
      log.warn("{} serves on as decided, though not all is well: {}", version.id(), e.getMessage());
    }
  }

  /** The version serves from now on. Others stay ready only while they are being prepared. */
  void activate(long version, long epoch) {
    active = version;
    fallback = "";
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

  /** Takes note of what the fleet is asked, since the active version cannot be run here. */
  void fallback(String outlook) {
    if (!outlook.equals(fallback)) {
      fallback = outlook;
      log.warn("active version cannot be run model={} outlook={}", runtime.name(), outlook);
    }
  }

  /** What is being done about an active version that cannot be run here; empty if it can be. */
  String fallback() {
    return fallback;
  }

  /** The model as the control plane reports it. */
  ServedModel describe() {
    SortedMap<Long, String> aspired = new TreeMap<>();
    runtime.aspired().forEach((version, source) -> aspired.put(version, source.revision()));
    List<io.penstock.schemas.VersionStatus> versions = new ArrayList<>();
    for (VersionStatus status : runtime.statuses().values()) {
      versions.add(
          new io.penstock.schemas.VersionStatus(
              status.id().version(),
              io.penstock.schemas.VersionState.valueOf(status.state().name()),
              status.error().orElse(null)));
    }
    TreeMap<Long, String> broken = new TreeMap<>();
    pipelines.stream()
        .filter(ServedPipeline::rollsBack)
        .forEach(served -> served.pipeline().refused().forEach(broken::putIfAbsent));
    return new ServedModel(automatic, aspired, versions, broken);
  }

  ModelRuntime runtime() {
    return runtime;
  }

  /** The version that serves; empty before the first. */
  Optional<Long> active() {
    return Optional.ofNullable(active);
  }

  private void bindEverywhere(ServableVersion version) {
    long number = version.id().version();
    for (ServedPipeline served : pipelines) {
      served.pipeline().ready(served.bind(version, () -> runtime.acquire(number)));
    }
  }

  private void retain() {
    Set<Long> retained = new TreeSet<>(prepared);
    active().ifPresent(retained::add);
    runtime.retain(retained);
  }
}

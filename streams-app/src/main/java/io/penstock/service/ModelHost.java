package io.penstock.service;

import io.penstock.batching.VersionBinding;
import io.penstock.control.Activation;
import io.penstock.control.Holdings;
import io.penstock.control.ServedModel;
import io.penstock.inference.SearchTime;
import io.penstock.model.Lease;
import io.penstock.model.ModelException;
import io.penstock.model.ServableVersion;
import io.penstock.model.files.Fingerprint;
import io.penstock.model.lifecycle.ModelRuntime;
import io.penstock.model.lifecycle.VersionState;
import io.penstock.model.lifecycle.VersionStatus;
import io.penstock.model.source.AspiredVersion;
import io.penstock.model.source.directory.FileSums;
import io.penstock.registry.RegistryException;
import io.penstock.schemas.PipelineStatus;
import io.penstock.streams.ActiveVersions;
import io.penstock.streams.EarlierVersion;
import io.penstock.streams.Pipeline;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One model of this instance: its runtime, and the pipelines that it computes for. What the control
 * plane asks of a model happens here.
 *
 * <p>All calls on the control thread, but for those that only look ({@link #describe}, {@link
 * #active}, {@link #behind}, {@link #fallback()}, {@link #serves}, {@link #requireSuits}, {@link
 * #computesFor}, {@link #runtime}); what may block runs on work threads and ends in {@link
 * Pipeline#ready}, which is thread-safe.
 */
final class ModelHost {

  private static final Logger log = LoggerFactory.getLogger(ModelHost.class);

  private final ModelRuntime runtime;
  private final boolean automatic;
  private final List<ServedPipeline> pipelines;
  private final Executor work;
  private final Latecomers latecomers;

  /** Changed on the control thread, read on work threads. */
  private final Set<Long> prepared = new ConcurrentSkipListSet<>();

  /** What was asked of the runtime, by version. */
  private final Map<Long, List<CompletableFuture<ServableVersion>>> requests = new HashMap<>();

  private Holdings holdings = Holdings.NONE;
  private @Nullable Instant heldFrom;
  private volatile @Nullable Activation activation;
  private volatile @Nullable String behind;

  /** Why a version must not be prepared that is to serve from a timestamp on; empty if it may. */
  private String passed = "";

  private volatile String fallback = "";

  /**
   * @param pipelines those that it computes for; others may come and go
   * @param work runs what may block: registry look-ups and the start of pipelines
   */
  ModelHost(
      ModelRuntime runtime,
      boolean automatic,
      List<ServedPipeline> pipelines,
      Executor work,
      Executor controlThread) {
    this.runtime = runtime;
    this.automatic = automatic;
    this.pipelines = new CopyOnWriteArrayList<>(pipelines);
    this.work = work;
    this.latecomers = new Latecomers(this, work, controlThread);
  }

  /**
   * A pipeline more, while the others go on as they are. It serves what they serve as soon as it is
   * ready for that, which is tried until it is.
   */
  void join(ServedPipeline served) {
    pipelines.add(served);
    restAsHeld(served);
    if (heldFrom != null) {
      served.pipeline().holdBack(heldFrom.toEpochMilli());
    }
    String why = behind;
    if (why != null) {
      served.pipeline().pause(Pipeline.Pause.BEHIND, why);
    }
    bring(served);
  }

  /** A pipeline less: it has stopped. */
  void leave(ServedPipeline served) {
    latecomers.leave(served);
    pipelines.remove(served);
  }

  /** Whether it computes for a pipeline. */
  boolean computesFor(ServedPipeline served) {
    return pipelines.contains(served);
  }

  /** To what serves here, some time later. While nothing does, the next activation does it. */
  private void bring(ServedPipeline served) {
    Activation goal = activation;
    if (goal != null && behind == null) {
      latecomers.bring(served, goal, serving());
    }
  }

  /** Serves that from the next record on: all of it has been bound. */
  void cutOver(ServedPipeline served, Activation to) {
    Activation.Earlier before = to.earlier();
    EarlierVersion beside =
        before == null
            ? null
            : new EarlierVersion(before.version(), before.epoch(), before.until().toEpochMilli());
    Instant stragglersBefore = to.stragglersBefore();
    served
        .pipeline()
        .cutOver(
            new ActiveVersions(
                to.version(),
                to.epoch(),
                beside,
                stragglersBefore == null ? Long.MIN_VALUE : stragglersBefore.toEpochMilli()));
    served.pipeline().resume(Pipeline.Pause.BEHIND);
    work.execute(served::start);
  }

  /**
   * Completes when the version is loaded, warm, and ready in every pipeline, and can read what each
   * pipeline's producers write by their newest schema. A change of its signature that all this
   * tolerates is none to refuse; a refusal names every difference from the version that serves.
   * Fails for a version that a pipeline has stopped with in the life of this process.
   *
   * @param manifest the sums that its files must have, by path; empty if they may have any
   */
  CompletionStage<Void> prepare(long version, Map<String, String> manifest) {
    Optional<ModelException> refusal =
        refusal(version)
            .or(
                () ->
                    passed.isEmpty() ? Optional.empty() : Optional.of(new ModelException(passed)));
    if (refusal.isPresent()) {
      return CompletableFuture.failedFuture(refusal.get());
    }
    return whenAvailable(version)
        .thenAcceptAsync(
            loaded -> {
              requireFiles(loaded, manifest);
              pipelines.forEach(served -> served.requireReadableBy(loaded));
              bindEverywhere(loaded);
            },
            work);
  }

  /**
   * Completes when a version that the fleet serves already is loaded, warm, and ready in every
   * pipeline. A schema that was registered since, and does not suit it, is worth a warning.
   *
   * @param manifest the sums that its files must have, by path; empty if they may have any
   */
  CompletionStage<Void> resume(long version, Map<String, String> manifest) {
    return whenAvailable(version)
        .thenAcceptAsync(
            loaded -> {
              requireFiles(loaded, manifest);
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

  /** What serves is what was loaded, so the files that are there now must be those, too. */
  private void requireFiles(ServableVersion version, Map<String, String> manifest) {
    if (manifest.isEmpty()) {
      return;
    }
    Path directory =
        runtime
            .source(version.id().version())
            .map(AspiredVersion::directory)
            .orElseThrow(
                () -> new ModelException(version.id() + ": its files are not there any more"));
    try {
      List<String> differences = new FileSums(manifest).differences(directory);
      if (!differences.isEmpty()) {
        throw new ModelException(
            "%s is not what the command's manifest lists: %s"
                .formatted(version.id(), String.join("; ", differences)));
      }
      if (!Fingerprint.of(directory).equals(version.fingerprint())) {
        throw new ModelException(
            "%s was loaded from other files than those that are there now, which are what the command's manifest lists; unload it, so that it is loaded anew"
                .formatted(version.id()));
      }
    } catch (IOException e) {
      throw new ModelException(
          "%s could not be compared with the command's manifest: %s".formatted(version.id(), e), e);
    }
  }

  private CompletionStage<ServableVersion> whenAvailable(long version) {
    prepared.add(version);
    retain();
    CompletableFuture<ServableVersion> request = runtime.whenAvailable(version);
    List<CompletableFuture<ServableVersion>> open =
        requests.computeIfAbsent(version, v -> new ArrayList<>());
    open.removeIf(CompletableFuture::isDone);
    open.add(request);
    return request;
  }

  private static void warnUnlessReadable(ServedPipeline served, ServableVersion version) {
    try {
      served.requireReadableBy(version);
    } catch (ModelException | RegistryException e) {
      log.warn("{} serves on as decided, though not all is well: {}", version.id(), e.getMessage());
    }
  }

  /**
   * Takes no record from then on; null: takes all. A version is prepared unless it came too late.
   */
  void holdBack(@Nullable Instant from) {
    heldFrom = from;
    passed = "";
    for (ServedPipeline served : pipelines) {
      if (from == null) {
        served.pipeline().release();
      } else if (!served.pipeline().holdBack(from.toEpochMilli())) {
        passed =
            "pipeline %s has read a record of %s or later already, which the version before may have served; promote from a later time on"
                .formatted(served.pipeline().name(), from);
      }
    }
  }

  /**
   * The version serves from now on, and the earlier one beside it. Others stay ready only while
   * they are being prepared. A pipeline that has come since it was prepared is brought to it later,
   * and serves nothing meanwhile.
   */
  void activate(Activation next) {
    latecomers.leaveAll();
    List<ServedPipeline> late = new ArrayList<>();
    for (ServedPipeline served : pipelines) {
      if (next.versions().stream().allMatch(served.pipeline()::isReady)) {
        cutOver(served, next);
      } else {
        served.pipeline().pause(Pipeline.Pause.BEHIND, "the next version is being made ready");
        late.add(served);
      }
    }
    // Once all pipelines are cut over: requests are answered by what the streams are.
    activation = next;
    behind = null;
    fallback = "";
    prepared.removeAll(next.versions());
    requests.keySet().removeAll(next.versions());
    // Once nobody begins a batch on what was left.
    retain();
    late.forEach(this::bring);
  }

  /**
   * Keeps versions loaded, or unloaded, and pipelines at rest, as users have asked for. What has
   * failed is tried again when it is asked for anew, though it was kept already.
   */
  void hold(Holdings next) {
    Set<Long> asked = next.askedForSince(holdings);
    holdings = next;
    pipelines.forEach(this::restAsHeld);
    retain();
    runtime.exclude(next.unloaded());
    asked.forEach(runtime::tryAgain);
  }

  private void restAsHeld(ServedPipeline served) {
    String name = served.pipeline().name();
    if (holdings.paused().contains(name)) {
      served
          .pipeline()
          .pause(Pipeline.Pause.COMMAND, "by command; to go on: penstock pipeline resume " + name);
    } else {
      served.pipeline().resume(Pipeline.Pause.COMMAND);
    }
  }

  /** Lets the pipelines rest until the next cutover. */
  void suspend(String reason) {
    latecomers.leaveAll();
    behind = reason;
    pipelines.forEach(served -> served.pipeline().pause(Pipeline.Pause.BEHIND, reason));
  }

  /** Leaves the pipelines' records to other instances until the next cutover. */
  void withdraw(String reason) {
    latecomers.leaveAll();
    behind = reason;
    pipelines.forEach(served -> work.execute(served.pipeline().withdraw(reason)));
  }

  /** The version will not serve: nobody waits for it, and nothing of it is left. */
  void abandon(long version) {
    prepared.remove(version);
    requests.getOrDefault(version, List.of()).forEach(request -> request.cancel(false));
    requests.remove(version);
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
    SortedMap<Long, VersionStatus> statuses = runtime.statuses();
    for (VersionStatus status : statuses.values()) {
      versions.add(
          new io.penstock.schemas.VersionStatus(
              status.id().version(),
              io.penstock.schemas.VersionState.valueOf(status.state().name()),
              status.error().orElse(null)));
    }
    runtime
        .pending()
        .forEach(
            (version, reason) -> {
              if (!statuses.containsKey(version)) {
                versions.add(
                    new io.penstock.schemas.VersionStatus(
                        version,
                        io.penstock.schemas.VersionState.START,
                        "not complete yet: " + reason));
              }
            });
    TreeMap<Long, String> broken = new TreeMap<>();
    pipelines.stream()
        .filter(ServedPipeline::rollsBack)
        .forEach(served -> served.pipeline().refused().forEach(broken::putIfAbsent));
    return new ServedModel(automatic, aspired, versions, broken, pipelineStatuses());
  }

  private List<PipelineStatus> pipelineStatuses() {
    return pipelines.stream()
        .map(ServedPipeline::pipeline)
        .map(
            pipeline ->
                new PipelineStatus(
                    pipeline.name(),
                    pipeline.inputTopic(),
                    pipeline.state().name(),
                    pipeline.stopReason().orElse("")))
        .toList();
  }

  ModelRuntime runtime() {
    return runtime;
  }

  /** Why nothing serves here though the fleet serves; empty while what is active does. */
  Optional<String> behind() {
    return Optional.ofNullable(behind);
  }

  /** The version that serves; empty before the first. */
  Optional<Long> active() {
    return Optional.ofNullable(activation).map(Activation::version);
  }

  /** The version that serves a record of that timestamp; empty before the first. */
  Optional<Long> activeAt(Instant timestamp) {
    Activation serves = activation;
    Activation.Earlier before = serves == null ? null : serves.earlier();
    return before != null && timestamp.isBefore(before.until())
        ? Optional.of(before.version())
        : active();
  }

  /** By what the warm-up took for the largest batch that the pipeline will run. */
  private void tellHowLongRunsTake(VersionBinding binding) {
    Stream.ofNullable(runtime.warmUps().get(binding.id().version()))
        .flatMap(warmUp -> warmUp.sizes().stream())
        .filter(size -> size.signature().equals(binding.signature().name()))
        .filter(size -> size.rows() == binding.sizes().max())
        .forEach(
            size -> {
              binding.terms().plan().expects(size.rows(), size.last());
              SearchTime.objection(binding, size.last()).ifPresent(log::warn);
            });
  }

  /** May take long, and the version be abandoned meanwhile. */
  private void bindEverywhere(ServableVersion version) {
    long number = version.id().version();
    pipelines.forEach(served -> bind(served, version));
    if (!prepared.contains(number) && !serving().contains(number)) {
      pipelines.forEach(served -> served.pipeline().forget(number));
      throw new CancellationException(version.id() + " was abandoned while it was made ready.");
    }
  }

  /** Leaves nothing of a version that a pipeline was made ready for in vain. */
  void forget(ServedPipeline served, long version) {
    if (!prepared.contains(version) && !serving().contains(version)) {
      served.pipeline().forget(version);
    }
  }

  /** Makes a version ready in one pipeline. May take long. */
  void bind(ServedPipeline served, ServableVersion version) {
    long number = version.id().version();
    VersionBinding binding = served.bind(version, () -> runtime.acquire(number));
    tellHowLongRunsTake(binding);
    served.pipeline().ready(binding);
  }

  /** Whether everything that serves is there to be leased, so that a pipeline can be held to it. */
  boolean serves() {
    Map<Long, VersionStatus> statuses = runtime.statuses();
    List<Long> serving = serving();
    return !serving.isEmpty()
        && serving.stream()
            .map(statuses::get)
            .allMatch(status -> status != null && status.state() == VersionState.AVAILABLE);
  }

  /**
   * Fails where a pipeline that is to come could not use what {@linkplain #serves serves}, or could
   * not read by it what producers write. May ask the registry.
   *
   * @throws ModelException if it could not
   * @throws RegistryException if the registry does not answer
   */
  void requireSuits(ServedPipeline served) {
    for (long version : serving()) {
      Supplier<Optional<Lease>> leases = () -> runtime.acquire(version);
      try (Lease lease = leases.get().orElse(null)) {
        if (lease != null) {
          var unused = served.bind(lease.version(), leases);
          served.requireReadableBy(lease.version());
        }
      } catch (ModelException e) {
        throw new ModelException(
            "pipelines.%s does not suit %s/%d, which serves: %s"
                .formatted(served.pipeline().name(), runtime.name(), version, e.getMessage()),
            e);
      }
    }
  }

  private List<Long> serving() {
    Activation serves = activation;
    return serves == null ? List.of() : serves.versions();
  }

  private void retain() {
    Set<Long> retained = new TreeSet<>(prepared);
    retained.addAll(holdings.kept());
    retained.addAll(serving());
    runtime.retain(retained);
  }
}

package io.penstock.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.batching.BatchLimits;
import io.penstock.batching.FakeModel;
import io.penstock.batching.InFlightBudget;
import io.penstock.batching.VersionBinding;
import io.penstock.batching.shape.VariableLengths;
import io.penstock.codec.FieldMapping;
import io.penstock.codec.InputSettings;
import io.penstock.codec.OutputChoice;
import io.penstock.codec.OutputSettings;
import io.penstock.codec.avro.AvroInputFormat;
import io.penstock.codec.avro.AvroOutputFormat;
import io.penstock.config.StartFrom;
import io.penstock.control.Activation;
import io.penstock.control.Holdings;
import io.penstock.inference.InferenceStatistics;
import io.penstock.model.ModelException;
import io.penstock.model.ServableId;
import io.penstock.model.files.Fingerprint;
import io.penstock.model.fitness.Fitness;
import io.penstock.model.lifecycle.LoadRetries;
import io.penstock.model.lifecycle.ModelRuntime;
import io.penstock.model.lifecycle.ModelSettings;
import io.penstock.model.lifecycle.Transition;
import io.penstock.model.lifecycle.VersionPolicy;
import io.penstock.model.source.AspiredVersion;
import io.penstock.model.source.SourceReport;
import io.penstock.pipeline.Tombstones;
import io.penstock.registry.InMemorySchemaRegistry;
import io.penstock.schemas.VersionState;
import io.penstock.schemas.VersionStatus;
import io.penstock.streams.ActiveVersions;
import io.penstock.streams.EarlierVersion;
import io.penstock.streams.Pipeline;
import io.penstock.streams.PipelineClients;
import io.penstock.streams.StreamsSettings;
import io.penstock.testkit.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.avro.SchemaBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real runtime and a real pipeline at rest, over versions without TensorFlow: version 1 reads
 * {@code x}, version 2 reads {@code z}. Work that would start the pipeline is kept and not done.
 */
final class ModelHostTest {

  private static final Map<Long, String> INPUTS = new TreeMap<>(Map.of(1L, "x", 2L, "z"));

  private static final String GRAPH = "saved_model.pb";

  private static final String SUM_OF_NOTHING =
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

  private final Set<Long> complete = new ConcurrentSkipListSet<>(INPUTS.keySet());
  private final Map<Long, String> pending = new ConcurrentSkipListMap<>();
  private final Set<Long> broken = new ConcurrentSkipListSet<>();

  /** Where the files of all versions are: made before a version is asked for, which loads it. */
  @TempDir private Path folder;

  private final InMemorySchemaRegistry registry = new InMemorySchemaRegistry();
  private final ModelRuntime runtime =
      new ModelRuntime(
          new ModelSettings(
              "fake",
              Path.of("fake"),
              Duration.ofMillis(10),
              new VersionPolicy.Latest(1),
              Transition.AVAILABILITY_PRESERVING,
              LoadRetries.NONE,
              Fitness.of(Set.of(ModelSettings.DEFAULT_SIGNATURE), Set.of(1, 4)),
              Duration.ofMinutes(1),
              Duration.ofSeconds(30)),
          this::scan,
          (id, files, signatures) -> load(id, files),
          InstantSource.system());
  private final Pipeline pipeline = pipeline("p");
  private final Queue<Runnable> starts = new LinkedBlockingQueue<>();
  private final Queue<Runnable> controlThread = new LinkedBlockingQueue<>();
  private volatile boolean activating;
  private final ModelHost host =
      new ModelHost(runtime, false, List.of(served(pipeline)), this::work, controlThread::add);

  private static Pipeline pipeline(String name) {
    return new Pipeline(
        new Pipeline.Definition(
            name,
            "in",
            "out",
            "dead",
            "audit",
            "control",
            Tombstones.DEAD_LETTER,
            false,
            new BatchLimits(4, Duration.ZERO, 4, 1 << 20),
            InFlightBudget.unlimited(),
            (record, maxBytes) -> new byte[0],
            cutover -> new byte[0]),
        new StreamsSettings(
            "service-" + name,
            true,
            StartFrom.End.EARLIEST,
            1,
            Map.of("bootstrap.servers", "localhost:1")),
        batch -> {},
        lanes -> new PipelineClients(name, lanes));
  }

  private ServedPipeline served(Pipeline of) {
    return served(of, ModelSettings.DEFAULT_SIGNATURE);
  }

  private ServedPipeline served(Pipeline of, String signature) {
    return new ServedPipeline(
        of,
        true,
        FakeModel.TERMS,
        new InferenceStatistics(),
        signature,
        new AvroInputFormat(new InputSettings("in", FieldMapping.byName(), Map.of(), registry)),
        VariableLengths.NONE,
        new AvroOutputFormat(
            new OutputSettings("out", OutputChoice.ALL, Map.of(), registry, true)));
  }

  @BeforeEach
  void startRuntime() {
    registry.register(
        "in-value", SchemaBuilder.record("Number").fields().requiredLong("x").endRecord());
    runtime.start();
  }

  @AfterEach
  void closeRuntime() {
    runtime.close();
  }

  @Test
  void shouldPrepareBothInRuntimeAndPipeline() throws Exception {
    await(host.prepare(1, Map.of()));
    activate(1, 7);

    assertThat(host.active()).contains(1L);
    assertThat(pipeline.serving())
        .get()
        .satisfies(
            binding -> {
              assertThat(binding.id().toString()).isEqualTo("fake/1");
              assertThat(binding.epoch()).isEqualTo(7);
            });
    assertThat(starts).as("the pipeline's start").hasSize(1);
  }

  @Test
  void shouldNotPrepareWhatCannotReadTheNewestSchema() {
    assertThatThrownBy(() -> await(host.prepare(2, Map.of())))
        .hasMessageContainingAll("Pipeline p: fake/2", "in-value", "has no field z")
        .hasMessageNotContaining("which serves");

    assertThatThrownBy(() -> pipeline.cutOver(ActiveVersions.all(2, 8)))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void shouldNameEveryDifferenceFromTheVersionThatServesWhenItRefusesAnother() throws Exception {
    await(host.prepare(1, Map.of()));
    activate(1, 7);

    assertThatThrownBy(() -> await(host.prepare(2, Map.of())))
        .hasMessageContaining("has no field z")
        .hasMessageEndingWith(
            ". Unlike fake/1, which serves: input x: int64[-1] is gone; input z: int64[-1] is new");
  }

  @Test
  void shouldResumeWhatCannotReadASchemaThatCameLater() throws Exception {
    await(host.resume(2, Map.of()));
    activate(2, 8);

    assertThat(pipeline.serving().map(VersionBinding::fingerprint)).contains("f2");
  }

  @Test
  void shouldFailAPromotionWhileTheRegistryIsDown() throws Exception {
    await(host.prepare(1, Map.of()));
    registry.setDown(true);

    assertThatThrownBy(() -> await(host.prepare(1, Map.of())))
        .hasMessageContaining("No registry answers");
  }

  @Test
  void shouldForgetWhatIsAbandoned() throws Exception {
    await(host.prepare(1, Map.of()));
    host.abandon(1);

    assertThatThrownBy(() -> pipeline.cutOver(ActiveVersions.all(1, 7)))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void shouldNotLoadAnAbandonedVersionOnceItsCopyIsComplete() throws Exception {
    // given a version that is being copied, and that nobody else wants
    await(host.prepare(1, Map.of()));
    activate(1, 7);
    pending.put(0L, "its marker is missing");
    CompletionStage<Void> preparation = host.prepare(0, Map.of());

    // when
    host.abandon(0);
    pending.clear();
    complete.add(0L);
    while (!runtime.aspired().containsKey(0L)) {
      Thread.onSpinWait();
    }
    await(host.prepare(1, Map.of()));

    // then
    assertThat(preparation.toCompletableFuture()).isCompletedExceptionally();
    assertThat(runtime.statuses()).doesNotContainKey(0L);
  }

  @Test
  void shouldLeaveNothingOfAVersionThatIsAbandonedWhileItIsBound() throws Exception {
    // given work that is done later
    activating = true;
    CompletionStage<Void> preparation = host.prepare(1, Map.of());
    while (starts.isEmpty()) {
      Thread.onSpinWait();
    }

    // when
    host.abandon(1);
    starts.remove().run();

    // then
    assertThat(preparation.toCompletableFuture()).isCompletedExceptionally();
    assertThatThrownBy(() -> pipeline.cutOver(ActiveVersions.all(1, 7)))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void shouldSayWhatAVersionWaitsFor() throws Exception {
    // given
    pending.put(3L, "its marker is missing");

    // when
    await(host.prepare(1, Map.of()));

    // then
    assertThat(host.describe().versions())
        .contains(
            new VersionStatus(3L, VersionState.START, "not complete yet: its marker is missing"));
  }

  @Test
  void shouldServeOnWhenTheNextVersionIsAbandoned() throws Exception {
    await(host.prepare(1, Map.of()));
    activate(1, 7);
    assertThatThrownBy(() -> await(host.prepare(2, Map.of()))).isNotNull();
    host.abandon(2);

    assertThat(host.active()).contains(1L);
    assertThat(pipeline.serving().map(VersionBinding::fingerprint)).contains("f1");
    assertThat(runtime.acquire(1)).isPresent().get().satisfies(lease -> lease.close());
  }

  private FakeVersion load(ServableId id, Path files) {
    if (broken.contains(id.version())) {
      throw new ModelException(id + " is broken");
    }
    return new FakeVersion(id, INPUTS.getOrDefault(id.version(), "none"), fingerprint(id, files));
  }

  /** Of its files, where the test has made some. */
  private static String fingerprint(ServableId id, Path files) {
    try {
      return Files.exists(files.resolve(GRAPH)) ? Fingerprint.of(files) : "f" + id.version();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void shouldHoldToTheManifestWhatItLoadedAndNotWhatIsThereNow() throws Exception {
    // given a version that was loaded, and whose file is another one now
    Path graph = Files.writeString(folder.resolve(GRAPH), "as loaded");
    await(host.prepare(1, Map.of()));
    Files.delete(graph);
    Files.createFile(graph);

    assertThatThrownBy(() -> await(host.resume(1, Map.of(GRAPH, SUM_OF_NOTHING))))
        .hasMessageStartingWith("fake/1 was loaded from other files than those that are there now");
  }

  @Test
  void shouldNotPrepareFilesThatTheManifestDoesNotList() throws Exception {
    String sum = SUM_OF_NOTHING;
    Files.createFile(folder.resolve(GRAPH));

    assertThatThrownBy(() -> await(host.prepare(1, Map.of(GRAPH, sum.replace('e', 'f')))))
        .hasMessageStartingWith(
            "fake/1 is not what the command's manifest lists: saved_model.pb has")
        .hasMessageContaining(sum);
    assertThatThrownBy(() -> await(host.resume(1, Map.of(GRAPH, sum.replace('e', 'f')))))
        .hasMessageStartingWith("fake/1 is not what the command's manifest lists");
    await(host.prepare(1, Map.of(GRAPH, sum.toUpperCase(Locale.ROOT))));
  }

  @Test
  void shouldKeepLoadedWhatUsersHoldAndUnloadWhatTheyUnload() throws Exception {
    awaitState(2, VersionState.AVAILABLE);
    host.hold(holdings(Set.of(1L), Set.of(2L)));
    awaitState(1, VersionState.AVAILABLE);
    awaitState(2, VersionState.END);

    await(host.resume(2, Map.of()));
    activate(2, 7);
    host.hold(holdings(Set.of(), Set.of()));

    awaitState(1, VersionState.END);
    assertThat(runtime.acquire(2)).isPresent().get().satisfies(lease -> lease.close());
  }

  @Test
  void shouldTryAPinnedVersionThatFailedAgainWhenItIsLoadedByCommand() {
    // given
    broken.add(1L);
    Holdings pinned = holdings(Set.of(1L), Set.of());
    host.hold(pinned);
    awaitState(1, VersionState.END);

    // when
    broken.remove(1L);
    host.hold(
        new Holdings(
            pinned.labels(),
            pinned.pins(),
            new TreeSet<>(Set.of(1L)),
            pinned.unloaded(),
            pinned.paused()));

    // then
    awaitState(1, VersionState.AVAILABLE);
  }

  private static Holdings holdings(Set<Long> pins, Set<Long> unloaded) {
    return holdings(pins, unloaded, Set.of());
  }

  private static Holdings holdings(Set<Long> pins, Set<Long> unloaded, Set<String> paused) {
    return new Holdings(
        new TreeMap<>(),
        new TreeSet<>(pins),
        new TreeSet<>(),
        new TreeSet<>(unloaded),
        new TreeSet<>(paused));
  }

  @Test
  void shouldRestWhatUsersPauseUntilTheyResumeIt() throws Exception {
    await(host.prepare(1, Map.of()));
    host.hold(holdings(Set.of(), Set.of(), Set.of("p", "another")));
    activate(1, 7);

    assertThat(pipeline.pauses())
        .containsExactly(
            Map.entry(Pipeline.Pause.COMMAND, "by command; to go on: penstock pipeline resume p"));
    host.hold(Holdings.NONE);
    assertThat(pipeline.pauses()).isEmpty();
  }

  private void awaitState(long version, VersionState state) {
    Await.until(
        () -> "version %d is %s: %s".formatted(version, state, runtime.statuses()),
        30,
        () ->
            runtime.statuses().containsKey(version)
                && runtime.statuses().get(version).state().name().equals(state.name()));
  }

  @Test
  void shouldWaitForTheNextCutoverWhileTheFleetServesAnotherVersion() throws Exception {
    await(host.prepare(1, Map.of()));
    activate(1, 7);
    host.suspend("the fleet serves fake/2");

    assertThat(host.describe().pipelines())
        .extracting(status -> status.getState())
        .containsExactly("WAITING");
    await(host.resume(2, Map.of()));
    activate(2, 8);
    assertThat(pipeline.serving().map(VersionBinding::fingerprint)).contains("f2");
  }

  @Test
  void shouldKeepTheVersionBeforeForAsLongAsItServesEarlierRecords() throws Exception {
    await(host.prepare(1, Map.of()));
    activate(1, 7);
    await(host.resume(2, Map.of()));
    activate(new Activation(2, 8, new Activation.Earlier(1, 7, Instant.ofEpochMilli(1_000)), null));

    assertThat(pipeline.serving().map(VersionBinding::fingerprint)).contains("f2");
    assertThatCode(
            () ->
                pipeline.cutOver(
                    new ActiveVersions(2, 8, new EarlierVersion(1, 7, 1_000), Long.MIN_VALUE)))
        .doesNotThrowAnyException();
    assertThat(isAvailable(1)).isTrue();
    activate(2, 8);
    Await.until(() -> "version 1 is left: " + runtime.statuses(), 30, () -> !isAvailable(1));
  }

  private boolean isAvailable(long version) {
    return host.describe().versions().stream()
        .anyMatch(
            status ->
                status.getVersion() == version && status.getState() == VersionState.AVAILABLE);
  }

  @Test
  void shouldDescribeEveryVersionThatThereIs() throws Exception {
    await(host.prepare(1, Map.of()));

    assertThat(host.describe().aspired()).containsOnlyKeys(1L, 2L);
    assertThat(host.describe().automatic()).isFalse();
  }

  @Test
  void shouldBringAPipelineThatComesToWhatServesAndLeaveTheOthersAlone() throws Exception {
    // given
    await(host.prepare(1, Map.of()));
    activate(1, 7);
    starts.clear();
    Pipeline late = pipeline("late");
    // when
    host.join(served(late));
    // then
    awaitControlTask();
    assertThat(late.serving()).get().matches(binding -> binding.epoch() == 7);
    assertThat(starts).as("its start").hasSize(1);
    assertThat(host.describe().pipelines())
        .extracting(status -> status.getName())
        .containsExactly("p", "late");
    assertThat(pipeline.pauses()).isEmpty();
  }

  @Test
  void shouldBringAPipelineThatComesToBothVersionsThatShareTheRecords() throws Exception {
    await(host.prepare(1, Map.of()));
    activate(1, 7);
    starts.clear();
    await(host.resume(2, Map.of()));
    activate(new Activation(2, 8, new Activation.Earlier(1, 7, Instant.ofEpochMilli(1_000)), null));
    starts.clear();
    Pipeline late = pipeline("late");

    host.join(served(late));
    awaitControlTask();

    assertThatCode(
            () ->
                late.cutOver(
                    new ActiveVersions(2, 8, new EarlierVersion(1, 7, 1_000), Long.MIN_VALUE)))
        .doesNotThrowAnyException();
  }

  @Test
  void shouldHoldAPipelineThatComesAsTheOthersAreHeld() {
    host.hold(holdings(Set.of(), Set.of(), Set.of("late")));
    host.holdBack(Instant.ofEpochMilli(5_000));
    Pipeline late = pipeline("late");

    host.join(served(late));

    assertThat(late.pauses()).containsOnlyKeys(Pipeline.Pause.COMMAND);
    assertThat(late.stopReason()).get().asString().startsWith("by command");
    assertThat(controlThread).as("nothing serves yet").isEmpty();
  }

  @Test
  void shouldLetAPipelineThatComesRestWhileItCannotUseWhatServes() throws Exception {
    // given
    await(host.prepare(1, Map.of()));
    activate(1, 7);
    starts.clear();
    Pipeline late = pipeline("late");
    // when
    host.join(served(late, "another"));
    awaitControlTask();
    // then
    assertThat(late.state()).isEqualTo(Pipeline.State.WAITING);
    assertThat(late.stopReason())
        .get()
        .asString()
        .startsWith("the fleet serves fake/1, which it cannot use, and tries again: ")
        .contains("has no signature another");
    assertThat(pipeline.pauses()).isEmpty();
  }

  @Test
  void shouldBringAPipelineThatCameWhileAVersionWasPreparedToThatLater() throws Exception {
    // given a version that is ready in the pipelines that there are
    await(host.prepare(1, Map.of()));
    activate(1, 7);
    starts.clear();
    await(host.resume(2, Map.of()));
    Pipeline late = pipeline("late");
    host.join(served(late));
    awaitControlTask();
    starts.clear();
    // when
    activate(2, 8);
    starts.remove();
    // then the others serve it at once, and this one nothing until it is ready
    assertThat(pipeline.serving().map(VersionBinding::fingerprint)).contains("f2");
    assertThat(late.pauses()).containsOnlyKeys(Pipeline.Pause.BEHIND);
    awaitControlTask();
    assertThat(late.serving().map(VersionBinding::fingerprint)).contains("f2");
    assertThat(late.pauses()).isEmpty();
  }

  @Test
  void shouldLetAPipelineThatComesWaitForTheNextCutoverAsTheOthersDo() throws Exception {
    await(host.prepare(1, Map.of()));
    activate(1, 7);
    host.suspend("the fleet serves fake/2");
    Pipeline late = pipeline("late");

    host.join(served(late));

    assertThat(late.stopReason()).contains("the fleet serves fake/2");
    await(host.resume(2, Map.of()));
    activate(2, 8);
    assertThat(late.serving().map(VersionBinding::fingerprint)).contains("f2");
    assertThat(late.pauses()).isEmpty();
  }

  @Test
  void shouldHaveNothingToDoWithAPipelineThatHasLeft() throws Exception {
    await(host.prepare(1, Map.of()));
    activate(1, 7);
    starts.clear();
    Pipeline late = pipeline("late");
    ServedPipeline served = served(late);
    host.join(served);
    host.leave(served);
    awaitControlTask();

    assertThat(late.serving()).isEmpty();
    assertThat(host.describe().pipelines()).hasSize(1);
  }

  @Test
  void shouldNotWaitForWhatNoPipelineIsBroughtToAnyMore() throws Exception {
    // given a pipeline that waits for a version that is still being copied
    await(host.prepare(1, Map.of()));
    activate(1, 7);
    pending.put(0L, "its marker is missing");
    activate(0, 8);

    // when
    activate(1, 9);
    pending.clear();
    complete.add(0L);
    while (!runtime.aspired().containsKey(0L)) {
      Thread.onSpinWait();
    }
    await(host.prepare(1, Map.of()));

    // then
    assertThat(runtime.statuses()).doesNotContainKey(0L);
    assertThat(pipeline.serving()).get().matches(binding -> binding.epoch() == 9);
  }

  @Test
  void shouldLeaveNothingOfAVersionThatAPipelineIsReadyForTooLate() throws Exception {
    // given work that is done once something else serves
    await(host.prepare(1, Map.of()));
    activate(1, 7);
    starts.clear();
    activating = true;
    host.activate(new Activation(2, 8, null, null));
    while (starts.isEmpty()) {
      Thread.onSpinWait();
    }
    Runnable binding = starts.remove();
    activate(1, 9);

    // when
    binding.run();
    controlThread.remove().run();

    // then
    assertThatThrownBy(() -> pipeline.cutOver(ActiveVersions.all(2, 10)))
        .isInstanceOf(IllegalStateException.class);
    assertThat(pipeline.serving()).get().matches(serving -> serving.epoch() == 9);
  }

  /**
   * The next task of the control thread, which comes once what there is to bind is bound; what it
   * leaves to do is to start a pipeline.
   */
  private void awaitControlTask() {
    Await.until(
        "a task for the control thread",
        30,
        () -> {
          Optional.ofNullable(starts.poll()).ifPresent(Runnable::run);
          return !controlThread.isEmpty();
        });
    activating = true;
    controlThread.remove().run();
    activating = false;
  }

  private void activate(long version, long epoch) {
    activate(new Activation(version, epoch, null, null));
  }

  private void activate(Activation activation) {
    activating = true;
    host.activate(activation);
    activating = false;
  }

  /** Does what makes a version ready; what activating one leaves to do is to start the pipeline. */
  private void work(Runnable task) {
    if (activating) {
      starts.add(task);
    } else {
      task.run();
    }
  }

  /** Waits for the outcome; throws what it failed with. */
  private static void await(CompletionStage<Void> outcome) throws Exception {
    try {
      outcome.toCompletableFuture().get(30, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw (Exception) e.getCause();
    }
  }

  private SourceReport scan() {
    TreeMap<Long, AspiredVersion> versions = new TreeMap<>();
    complete.forEach(
        version -> versions.put(version, new AspiredVersion(version, folder, "revision")));
    return new SourceReport.Aspired(versions, new TreeMap<>(pending));
  }
}

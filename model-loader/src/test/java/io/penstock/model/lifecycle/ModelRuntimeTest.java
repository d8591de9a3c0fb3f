package io.penstock.model.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.model.Lease;
import io.penstock.model.ModelException;
import io.penstock.model.ModelRunException;
import io.penstock.model.RetriableModelException;
import io.penstock.model.ServableId;
import io.penstock.model.ServableVersion;
import io.penstock.model.fitness.Fitness;
import io.penstock.model.loading.LoadSlots;
import io.penstock.model.loading.LoadTerms;
import io.penstock.model.loading.LoadedModel;
import io.penstock.model.memory.MemoryLimit;
import io.penstock.model.memory.NativeMemory;
import io.penstock.model.source.AspiredVersion;
import io.penstock.model.source.ModelSource;
import io.penstock.model.source.SourceReport;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class ModelRuntimeTest {

  /** Where all versions are. */
  @TempDir private static Path base;

  private static final long GIB = 1L << 30;

  /** Versions that the loader below has trouble with. */
  private static final long WITHOUT_VARIABLES = 9;

  private static final long WITHOUT_NATIVES = 13;

  private final Map<Long, FakeModel> models = new ConcurrentHashMap<>();
  private final Map<Long, ModelException> failures = new ConcurrentHashMap<>();
  private final BlockingQueue<String> transitions = new LinkedBlockingQueue<>();
  private volatile SourceReport report = found(1);
  private ModelRuntime runtime;

  @BeforeEach
  void startRuntime() {
    runtime =
        new ModelRuntime(
            settings(Duration.ofSeconds(30)), () -> report, this::load, InstantSource.system());
    runtime.addListener(status -> transitions.add(status.id().version() + " " + status.state()));
    runtime.start();
  }

  @AfterEach
  void closeRuntime() {
    runtime.close();
  }

  @Test
  void shouldLeaseAVersionOnceItIsWarm() throws Exception {
    // when
    ServableVersion version = get(runtime.whenAvailable(1));

    // then
    assertThat(version).isSameAs(models.get(1L));
    assertThat(model(1).runs()).isPositive();
    try (Lease lease = runtime.acquire(1).orElseThrow()) {
      assertThat(lease.version()).isSameAs(version);
    }
    assertThat(runtime.acquire(2)).isEmpty();
    assertThat(status(1).state()).isEqualTo(VersionState.AVAILABLE);
  }

  @Test
  void shouldCloseAVersionOnlyWhenItsLastLeaseIsBack() throws Exception {
    // given
    get(runtime.whenAvailable(1));
    Lease lease = runtime.acquire(1).orElseThrow();

    // when
    runtime.retain(Set.of(2L));
    report = found(1, 2);
    get(runtime.whenAvailable(2));
    awaitTransition("1 UNLOADING");

    // then
    assertThat(model(1).isClosed()).isFalse();
    lease.close();
    awaitTransition("1 END");
    assertThat(model(1).isClosed()).isTrue();
    assertThat(runtime.acquire(1)).isEmpty();
    assertThat(runtime.acquire(2)).isPresent().get().satisfies(Lease::close);
  }

  @Test
  void shouldLeaveTheServingVersionServingWhenALoadFails() throws Exception {
    // given
    get(runtime.whenAvailable(1));
    failures.put(2L, new ModelException("digits/2 has no graph"));
    report = found(1, 2);

    // when
    CompletionStage<ServableVersion> second = runtime.whenAvailable(2);

    // then
    assertThatThrownBy(() -> get(second)).cause().hasMessage("digits/2 has no graph");
    assertThat(status(2).error()).contains("digits/2 has no graph");
    assertThat(runtime.acquire(1)).isPresent().get().satisfies(Lease::close);

    // when the cause is gone and somebody asks again
    failures.clear();

    // then
    assertThat(get(runtime.whenAvailable(2))).isSameAs(models.get(2L));
  }

  @Test
  void shouldServeAVersionWhoseLoadSucceedsWhenItIsTriedAgain() throws Exception {
    // given a loader that fails twice
    AtomicInteger loads = new AtomicInteger();
    ModelRuntime retrying =
        new ModelRuntime(
            settings(new LoadRetries(2, Duration.ofMillis(1)), Duration.ofSeconds(30)),
            () -> found(1),
            (id, directory, signatures) -> {
              if (loads.incrementAndGet() <= 2) {
                throw new RetriableModelException("digits/1: the volume does not answer.");
              }
              return new FakeModel(id);
            },
            InstantSource.system());
    BlockingQueue<VersionStatus> seen = new LinkedBlockingQueue<>();
    retrying.addListener(seen::add);

    // when
    try (retrying) {
      retrying.start();
      get(retrying.whenAvailable(1));
    }

    // then
    assertThat(loads).hasValue(3);
    assertThat(retrying.failedLoads()).isEqualTo(2);
    assertThat(seen)
        .extracting(status -> status.state() + status.error().map(" "::concat).orElse(""))
        .startsWith(
            "START",
            "LOADING",
            "START digits/1: the volume does not answer.",
            "LOADING",
            "START digits/1: the volume does not answer.",
            "LOADING",
            "AVAILABLE");
  }

  @Test
  void shouldNotServeAVersionWhoseFilesChangeWhileItLoads() throws Exception {
    // given a copy that goes on after the source has found it complete
    AtomicInteger loads = new AtomicInteger();
    List<FakeModel> loaded = new CopyOnWriteArrayList<>();
    AtomicReference<SourceReport> files = new AtomicReference<>(found("half", 1));
    ModelRuntime watching =
        new ModelRuntime(
            settings(Duration.ofSeconds(30)),
            watched(files),
            (id, directory, signatures) -> {
              if (loads.incrementAndGet() == 1) {
                files.set(found("whole", 1));
              }
              FakeModel model = new FakeModel(id);
              loaded.add(model);
              return model;
            },
            InstantSource.system());
    BlockingQueue<VersionStatus> seen = new LinkedBlockingQueue<>();
    watching.addListener(seen::add);

    // when
    try (watching) {
      watching.start();
      assertThat(get(watching.whenAvailable(1))).isSameAs(loaded.get(1));
    }

    // then
    assertThat(loads).hasValue(2);
    assertThat(loaded).allMatch(FakeModel::isClosed);
    assertThat(seen)
        .extracting(status -> status.state() + status.error().map(" "::concat).orElse(""))
        .startsWith("START", "LOADING")
        .anyMatch(state -> state.startsWith("START digits/1 is not served: its files in "));
  }

  @Test
  void shouldServeALoadedVersionWhileAScanHangs() throws Exception {
    // given a source that does not answer once it has reported a version
    CountDownLatch answers = new CountDownLatch(1);
    AtomicInteger scans = new AtomicInteger();
    ModelRuntime waiting =
        new ModelRuntime(
            settings(Duration.ofSeconds(30)),
            () -> {
              if (scans.incrementAndGet() > 1) {
                awaitUninterruptibly(answers);
              }
              return found(1);
            },
            (id, directory, signatures) -> new FakeModel(id),
            InstantSource.system());
    CountDownLatch available = new CountDownLatch(1);
    waiting.addListener(
        status -> {
          if (status.state() == VersionState.AVAILABLE) {
            available.countDown();
          }
        });

    // when, then
    try (waiting) {
      waiting.start();
      available.await();
      assertThat(waiting.acquire(1)).isPresent().get().satisfies(Lease::close);
    } finally {
      answers.countDown();
    }
  }

  @Test
  void shouldGoOnAfterAListenerThatThrowsAnything() throws Exception {
    // given
    runtime.addListener(
        status -> {
          throw new AssertionError("thrown by a test");
        });
    report = found(1, 2);

    // when, then
    assertThat(get(runtime.whenAvailable(2))).isSameAs(models.get(2L));
  }

  @Test
  void shouldNotWaitForASlotWhenItIsClosed() throws Exception {
    // given a process whose one slot is taken
    LoadTerms terms = LoadTerms.unlimited();
    CountDownLatch taken = new CountDownLatch(1);
    CountDownLatch hung = new CountDownLatch(1);
    try (ModelRuntime other =
        new ModelRuntime(
            settings(Duration.ZERO),
            () -> found(1),
            (id, directory, signatures) -> {
              taken.countDown();
              awaitUninterruptibly(hung);
              return new FakeModel(id);
            },
            terms,
            InstantSource.system())) {
      other.start();
      taken.await();
      ModelRuntime waiting =
          new ModelRuntime(
              settings(Duration.ofDays(1)),
              () -> found(2),
              (id, directory, signatures) -> new FakeModel(id),
              terms,
              InstantSource.system());
      CountDownLatch loading = new CountDownLatch(1);
      waiting.addListener(
          status -> {
            if (status.state() == VersionState.LOADING) {
              loading.countDown();
            }
          });
      waiting.start();
      loading.await();

      // when
      waiting.close();

      // then
      assertThat(waiting.statuses().get(2L))
          .extracting(VersionStatus::state)
          .isEqualTo(VersionState.END);
    } finally {
      hung.countDown();
    }
  }

  @Test
  void shouldGiveUpALoadThatHangsAndTryAgainOnceItComesBack() throws Exception {
    // given
    CountDownLatch hung = new CountDownLatch(1);
    BlockingQueue<ServableId> begun = new LinkedBlockingQueue<>();
    ModelRuntime impatient =
        new ModelRuntime(
            settings(new LoadRetries(1, Duration.ZERO), Duration.ofSeconds(30)),
            () -> found(1),
            (id, directory, signatures) -> {
              begun.add(id);
              awaitUninterruptibly(hung);
              return new FakeModel(id);
            },
            new LoadTerms(
                new LoadSlots(1),
                new NativeMemory(Optional.empty()),
                Optional.empty(),
                Duration.ofMillis(1)),
            InstantSource.system());

    BlockingQueue<String> errors = new LinkedBlockingQueue<>();
    impatient.addListener(status -> status.error().ifPresent(errors::add));

    // when, then
    try (impatient) {
      impatient.start();
      assertThat(errors.take())
          .startsWith("digits/1 did not load within PT0.001S and was given up on");
      assertThat(begun.take().version()).isEqualTo(1);

      // when somebody asks for it meanwhile
      assertThatThrownBy(() -> get(impatient.whenAvailable(1)))
          .cause()
          .hasMessageStartingWith("digits/1 is not loaded: its last load has not come back");

      // when it comes back after all, then it is tried again
      hung.countDown();
      assertThat(begun.take().version()).isEqualTo(1);
    } finally {
      hung.countDown();
    }
  }

  /** However long it takes: with a limit for two, versions come and go without end. */
  @Test
  void shouldWaitForRoomThatADrainingVersionWillMake(@TempDir Path folder) throws Exception {
    // given room for two versions, which are so large that nothing else shows beside them, and
    // loads that fail for good when they fail
    try (var graph = new RandomAccessFile(folder.resolve("saved_model.pb").toFile(), "rw")) {
      graph.setLength(GIB);
    }
    AtomicReference<SourceReport> files = new AtomicReference<>(found(folder, 1));
    ModelRuntime limited =
        new ModelRuntime(
            settings(Duration.ofSeconds(30)),
            files::get,
            (id, directory, signatures) -> new FakeModel(id),
            new LoadTerms(
                new LoadSlots(1),
                new NativeMemory(Optional.empty()),
                Optional.of(new MemoryLimit("models.digits.native-memory", 5 * GIB / 2)),
                Duration.ofMinutes(10)),
            InstantSource.system());
    BlockingQueue<VersionStatus> seen = new LinkedBlockingQueue<>();
    limited.addListener(seen::add);
    try (limited) {
      limited.start();
      get(limited.whenAvailable(1));
      // and the first of them computes a long batch
      Lease batch = limited.acquire(1).orElseThrow();
      files.set(found(folder, 1, 2));
      get(limited.whenAvailable(2));

      // when a third is asked for
      files.set(found(folder, 1, 2, 3));
      CompletableFuture<ServableVersion> third = limited.whenAvailable(3);

      // then it waits for the first
      String reason = null;
      while (reason == null) {
        VersionStatus status = seen.take();
        assertThat(status.id().version() == 3 && status.state() == VersionState.END)
            .as("%s", status)
            .isFalse();
        reason = status.state() == VersionState.START ? status.error().orElse(null) : null;
      }
      assertThat(reason)
          .startsWith("digits/3 does not fit into native memory")
          .endsWith("Being closed, once their last leases are back: [digits/1].");
      assertThat(third).isNotDone();

      // when the batch is done
      batch.close();

      // then
      assertThat(get(third).id().version()).isEqualTo(3);
      assertThat(limited.failedLoads()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void shouldLetAVersionGoThatIsNotAskedForAnyMore(boolean cancelled) throws Exception {
    // given a first version that has served, so that it ends once the second does
    get(runtime.whenAvailable(1));
    report = found(1, 2);
    get(runtime.whenAvailable(2));
    awaitTransition("1 END");
    report =
        new SourceReport.Aspired(aspired("revision", 2), new TreeMap<>(Map.of(0L, "not copied")));
    CompletableFuture<ServableVersion> asked = runtime.whenAvailable(0);

    // when
    if (cancelled) {
      asked.cancel(false);
    } else {
      asked.completeExceptionally(new TimeoutException("waited for too long"));
    }
    report = found(0, 2, 3);
    get(runtime.whenAvailable(3));

    // then
    awaitTransition("2 END");
    assertThat(runtime.statuses()).containsOnlyKeys(2L, 3L);
  }

  @Test
  void shouldSayWhichLeasesAreOutForTooLong() throws Exception {
    // given
    ModelSettings defaults = settings(Duration.ofSeconds(30));
    ModelRuntime strict =
        new ModelRuntime(
            new ModelSettings(
                "digits",
                base,
                defaults.pollInterval(),
                defaults.versions(),
                defaults.transition(),
                defaults.retries(),
                defaults.fitness(),
                Duration.ofNanos(1),
                defaults.drainTimeout()),
            () -> found(1),
            (id, directory, signatures) -> new FakeModel(id),
            InstantSource.system());

    // when
    try (strict) {
      strict.start();
      get(strict.whenAvailable(1));
      assertThat(strict.overdueLeases()).isEmpty();
      try (Lease lease = strict.acquire(1).orElseThrow()) {
        while (strict.overdueLeases().isEmpty()) {
          Thread.onSpinWait();
        }

        // then
        assertThat(strict.overdueLeases())
            .singleElement()
            .asString()
            .startsWith(lease.version().id() + " has been leased by ")
            .contains(Thread.currentThread().getName());
      }
      assertThat(strict.overdueLeases()).isEmpty();
    }
  }

  @Test
  void shouldSayWhatAVersionWaitsFor() throws Exception {
    // given
    report =
        new SourceReport.Aspired(
            aspired("revision", 1), new TreeMap<>(Map.of(2L, "its marker is missing")));

    // when
    get(runtime.whenAvailable(1));
    while (runtime.pending().isEmpty()) {
      Thread.onSpinWait();
    }

    // then
    assertThat(runtime.pending()).isEqualTo(Map.of(2L, "its marker is missing"));
  }

  @Test
  void shouldTellListenersAfterServingCanStartAndBeforeItStops() throws Exception {
    // given a listener that leases what it hears of
    BlockingQueue<String> leasable = new LinkedBlockingQueue<>();
    runtime.addListener(
        status -> {
          Optional<Lease> lease = runtime.acquire(status.id().version());
          leasable.add(status.id() + " " + status.state() + " " + lease.isPresent());
          lease.ifPresent(Lease::close);
        });
    runtime.retain(Set.of(2L));
    report = found(1, 2);
    get(runtime.whenAvailable(2));

    // when
    runtime.close();

    // then
    assertThat(leasable)
        .containsSubsequence(
            "digits/2 START false",
            "digits/2 LOADING false",
            "digits/2 AVAILABLE true",
            "digits/2 UNLOADING true",
            "digits/2 END false");
  }

  @Test
  void shouldCloseAVersionThatFailsItsWarmUp() {
    // given
    report = found(WITHOUT_VARIABLES);

    // when
    CompletionStage<ServableVersion> future = runtime.whenAvailable(WITHOUT_VARIABLES);

    // then
    assertThatThrownBy(() -> get(future))
        .cause()
        .hasMessage(
            "digits/9 loaded, but its first runs failed: no variables. Copy it again if variables are missing, or export it again.");
    assertThat(model(WITHOUT_VARIABLES).isClosed()).isTrue();
    assertThat(runtime.acquire(WITHOUT_VARIABLES)).isEmpty();
  }

  @Test
  void shouldSurviveALoaderThatThrowsAnything() {
    // given
    report = found(WITHOUT_NATIVES);

    // when, then
    assertThatThrownBy(() -> get(runtime.whenAvailable(WITHOUT_NATIVES)))
        .cause()
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("digits/13 could not be loaded: java.lang.UnsatisfiedLinkError");
  }

  @Test
  void shouldLookAgainWhenAskedForAVersion() throws Exception {
    // given
    get(runtime.whenAvailable(1));

    // when a version is copied and asked for at once
    report = found(1, 2);

    // then
    assertThat(get(runtime.whenAvailable(2)).id()).isEqualTo(new ServableId("digits", 2));
  }

  @Test
  void shouldCloseEverythingAndRefuseToServe() throws Exception {
    // given
    get(runtime.whenAvailable(1));

    // when
    runtime.close();
    runtime.close();

    // then
    assertThat(model(1).isClosed()).isTrue();
    assertThat(runtime.acquire(1)).isEmpty();
    assertThat(status(1).state()).isEqualTo(VersionState.END);
    assertThatThrownBy(() -> get(runtime.whenAvailable(1)))
        .cause()
        .hasMessage("Servable digits is closed: this process is stopping.");
  }

  @Test
  void shouldCloseALeasedVersionLaterThanTheDrainTimeout() throws Exception {
    // given
    CountDownLatch ended = new CountDownLatch(1);
    ModelRuntime impatient =
        new ModelRuntime(settings(Duration.ZERO), () -> report, this::load, InstantSource.system());
    impatient.addListener(
        status -> {
          if (status.state() == VersionState.END) {
            ended.countDown();
          }
        });
    impatient.start();
    // Not by its number: the other runtime loads a model of that number at the same time.
    FakeModel model = (FakeModel) get(impatient.whenAvailable(1));
    Lease lease = impatient.acquire(1).orElseThrow();

    // when
    impatient.close();

    // then
    assertThat(model.isClosed()).isFalse();
    lease.close();
    assertThat(ended.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(model.isClosed()).isTrue();
  }

  private FakeModel model(long version) {
    return Objects.requireNonNull(models.get(version));
  }

  private VersionStatus status(long version) {
    return Objects.requireNonNull(runtime.statuses().get(version));
  }

  private LoadedModel load(ServableId id, Path directory, Set<String> requiredSignatures) {
    ModelException failure = failures.get(id.version());
    if (failure != null) {
      throw failure;
    }
    if (id.version() == WITHOUT_NATIVES) {
      throw new UnsatisfiedLinkError("no natives");
    }
    FakeModel model =
        id.version() == WITHOUT_VARIABLES
            ? new FakeModel(id, FakeModel.SIGNATURE, run -> new ModelRunException("no variables"))
            : new FakeModel(id);
    models.put(id.version(), model);
    return model;
  }

  private void awaitTransition(String expected) throws InterruptedException {
    for (String seen = transitions.take(); !seen.equals(expected); ) {
      seen = transitions.take();
    }
  }

  private static ServableVersion get(CompletionStage<ServableVersion> stage) throws Exception {
    return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private static ModelSettings settings(Duration drainTimeout) {
    return settings(LoadRetries.NONE, drainTimeout);
  }

  private static ModelSettings settings(LoadRetries retries, Duration drainTimeout) {
    return new ModelSettings(
        "digits",
        base,
        Duration.ofMillis(1),
        new VersionPolicy.Latest(1),
        Transition.AVAILABILITY_PRESERVING,
        retries,
        Fitness.of(Set.of(ModelSettings.DEFAULT_SIGNATURE), Set.of(1, 4)),
        Duration.ofMinutes(1),
        drainTimeout);
  }

  private static SourceReport found(long... numbers) {
    return found("revision", numbers);
  }

  private static SourceReport found(String revision, long... numbers) {
    return new SourceReport.Aspired(aspired(revision, numbers), new TreeMap<>());
  }

  private static SourceReport found(Path directory, long... numbers) {
    SortedMap<Long, AspiredVersion> aspired = new TreeMap<>();
    for (long number : numbers) {
      aspired.put(number, new AspiredVersion(number, directory, "revision"));
    }
    return new SourceReport.Aspired(aspired, new TreeMap<>());
  }

  /** Whose versions change when their revisions do. */
  private static ModelSource watched(AtomicReference<SourceReport> files) {
    return new ModelSource() {
      @Override
      public SourceReport scan() {
        return files.get();
      }

      @Override
      public boolean hasChanged(AspiredVersion version) {
        return !((SourceReport.Aspired) files.get()).versions().containsValue(version);
      }
    };
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts a load", e);
    }
  }

  private static SortedMap<Long, AspiredVersion> aspired(String revision, long... numbers) {
    SortedMap<Long, AspiredVersion> aspired = new TreeMap<>();
    for (long number : numbers) {
      aspired.put(number, new AspiredVersion(number, base, revision));
    }
    return aspired;
  }
}

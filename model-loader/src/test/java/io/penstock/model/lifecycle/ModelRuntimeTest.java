package io.penstock.model.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.model.Lease;
import io.penstock.model.ModelException;
import io.penstock.model.ModelRunException;
import io.penstock.model.ServableId;
import io.penstock.model.ServableVersion;
import io.penstock.model.source.AspiredVersion;
import io.penstock.model.source.SourceReport;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class ModelRuntimeTest {

  private static final Path BASE = Path.of("models", "digits");

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
                throw new ModelException("digits/1: the volume does not answer.");
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
        BASE,
        Duration.ofMillis(1),
        new VersionPolicy.Latest(1),
        Transition.AVAILABILITY_PRESERVING,
        retries,
        Set.of(ModelSettings.DEFAULT_SIGNATURE),
        Set.of(1, 4),
        Duration.ofMinutes(1),
        drainTimeout);
  }

  private static SourceReport found(long... numbers) {
    return new SourceReport.Aspired(aspired(numbers), new TreeMap<>());
  }

  private static SortedMap<Long, AspiredVersion> aspired(long... numbers) {
    SortedMap<Long, AspiredVersion> aspired = new TreeMap<>();
    for (long number : numbers) {
      aspired.put(number, new AspiredVersion(number, BASE.resolve("" + number), "revision"));
    }
    return aspired;
  }
}

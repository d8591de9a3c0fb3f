package io.penstock.model.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.penstock.model.Lease;
import io.penstock.model.ModelException;
import io.penstock.model.ModelSignature;
import io.penstock.model.Rows;
import io.penstock.model.ServableId;
import io.penstock.model.TestModels;
import io.penstock.model.fitness.Fitness;
import io.penstock.model.lifecycle.LoadRetries;
import io.penstock.model.lifecycle.ModelRuntime;
import io.penstock.model.lifecycle.ModelSettings;
import io.penstock.model.lifecycle.Transition;
import io.penstock.model.lifecycle.VersionPolicy;
import io.penstock.model.source.directory.Completeness;
import io.penstock.model.source.directory.DirectorySource;
import io.penstock.model.source.directory.Links;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every way to break a SavedModel is refused with a reason, and a good version serves on meanwhile:
 * one run after the other, none of which fails.
 */
@Timeout(120)
final class BrokenModelIT {

  static final Path GOOD = TestModels.examples().resolve("digits").resolve("1");
  private static final String SIGNATURE = ModelSettings.DEFAULT_SIGNATURE;

  @TempDir private Path directory;
  private Path base;
  private Path broken;
  private ModelRuntime runtime;
  private final AtomicBoolean stop = new AtomicBoolean();
  private CompletableFuture<Integer> served;

  @BeforeEach
  void serveAGoodVersion() throws Exception {
    base = Files.createDirectory(directory.resolve("digits"));
    broken = directory.resolve("broken");
    TestModels.copy(GOOD, base.resolve("1"));
    runtime = runtime(Set.of(SIGNATURE));
    runtime.start();
    runtime.whenAvailable(1).toCompletableFuture().get(60, TimeUnit.SECONDS);
    served =
        CompletableFuture.supplyAsync(this::serveUntilStopped, task -> new Thread(task).start());
  }

  /**
   * Runs the good version again and again, once at least; fails if it once cannot be leased or run.
   */
  private int serveUntilStopped() {
    int runs = 0;
    do {
      try (Lease lease = runtime.acquire(1).orElseThrow()) {
        ModelSignature signature = lease.version().signature(SIGNATURE).orElseThrow();
        Rows inputs = Rows.of(signature.inputs(), 4);
        lease.version().run(signature, inputs, 4, Rows.of(signature.outputs()));
        runs++;
      }
    } while (!stop.get());
    return runs;
  }

  @AfterEach
  void shouldHaveServedOnThroughout() throws Exception {
    stop.set(true);
    assertThat(served.get(60, TimeUnit.SECONDS)).isPositive();
    runtime.close();
  }

  @ParameterizedTest
  @EnumSource
  void shouldRefuseAVersionWith(Breakage breakage) throws IOException {
    // given
    TestModels.copy(GOOD, broken);
    breakage.apply(broken);

    // when, then
    assertRefused(breakage.reason());
  }

  @ParameterizedTest
  @EnumSource
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "links take a privilege there")
  void shouldNotTakeUpAVersionWith(Obstacle obstacle) throws IOException {
    // given
    TestModels.copy(GOOD, broken);
    obstacle.apply(broken);

    // when, in one step
    Files.move(broken, base.resolve("2"));

    // then
    assertWaitsFor(runtime, obstacle.reason());
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "links take a privilege there")
  void shouldNotTakeUpAVersionOutOfTheBasePath() throws IOException {
    Files.createSymbolicLink(base.resolve("2"), GOOD.toAbsolutePath());

    assertWaitsFor(runtime, "out of base path");
  }

  @Test
  void shouldNotTakeUpAVersionThatIsBeingWritten() throws IOException {
    // given files that have not been there for long enough
    TestModels.copy(GOOD, base.resolve("2"));
    ModelRuntime patient = runtime(Set.of(SIGNATURE), Duration.ofDays(1));

    // when, then
    try (patient) {
      patient.start();
      assertWaitsFor(patient, "its files have not been unchanged for the settle period yet");
    }
  }

  private static void assertWaitsFor(ModelRuntime runtime, String reason) {
    CompletableFuture<?> asked = runtime.whenAvailable(2);
    while (!runtime.pending().containsKey(2L)) {
      Thread.onSpinWait();
    }
    assertThat(runtime.pending().get(2L)).contains(reason);
    assertThat(runtime.statuses()).doesNotContainKey(2L);
    assertThat(asked).isNotDone();
  }

  @Test
  void shouldRefuseAMissingGraph() {
    // given, past the source, which would wait for it
    SavedModelLoader loader = new SavedModelLoader(SessionSettings.defaults());

    // when, then
    assertThatThrownBy(
            () ->
                loader.load(
                    new ServableId("digits", 2), Files.createDirectory(broken), Set.of(SIGNATURE)))
        .isInstanceOf(ModelException.class)
        .hasMessage(
            "digits/2 could not be loaded from %s: saved_model.pb is missing. Copy the whole SavedModel there."
                .formatted(broken));
  }

  @Test
  void shouldRefuseAFileThatMayNotBeRead() throws IOException {
    // given
    TestModels.copy(GOOD, broken);
    Files.setPosixFilePermissions(
        broken.resolve(Breakage.GRAPH), PosixFilePermissions.fromString("-wx------"));
    assumeFalse(Files.isReadable(broken.resolve(Breakage.GRAPH)), "root reads everything");

    // when, then
    assertRefused("saved_model.pb: AccessDenied");
  }

  @Test
  void shouldRefuseAMissingSignature() {
    // given
    ModelRuntime other = runtime(Set.of("classify"));

    // when, then
    try (other) {
      other.start();
      assertThatThrownBy(
              () -> other.whenAvailable(1).toCompletableFuture().get(60, TimeUnit.SECONDS))
          .cause()
          .hasMessage(
              "digits/1 has no signature classify (expected: one of [serving_default]). Configure one that it has, or export the model with it.");
    }
  }

  @Test
  void shouldServeABrokenVersionOnceItIsRepaired() throws Exception {
    // given
    TestModels.copy(GOOD, broken);
    Breakage.TRUNCATED_SHARD.apply(broken);
    assertRefused("digits/2 ");

    // when
    Files.copy(
        GOOD.resolve(Breakage.SHARD),
        base.resolve("2").resolve(Breakage.SHARD),
        StandardCopyOption.REPLACE_EXISTING);

    // then
    assertThat(
            runtime.whenAvailable(2).toCompletableFuture().get(60, TimeUnit.SECONDS).id().version())
        .isEqualTo(2);
  }

  private void assertRefused(String reason) throws IOException {
    // In one step, so that no scan sees it whole.
    Files.move(broken, base.resolve("2"));
    assertThatThrownBy(
            () -> runtime.whenAvailable(2).toCompletableFuture().get(60, TimeUnit.SECONDS))
        .cause()
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("digits/2")
        .hasMessageContaining(reason);
    assertThat(runtime.statuses().get(2L))
        .extracting(status -> status.error().orElse(""))
        .asString()
        .contains(reason);
  }

  private ModelRuntime runtime(Set<String> signatures) {
    return runtime(signatures, Duration.ZERO);
  }

  private ModelRuntime runtime(Set<String> signatures, Duration settle) {
    ModelSettings settings =
        new ModelSettings(
            "digits",
            base,
            Duration.ofMillis(20),
            new VersionPolicy.All(),
            Transition.AVAILABILITY_PRESERVING,
            LoadRetries.NONE,
            Fitness.of(signatures, Set.of(1, 16)),
            Duration.ofMinutes(1),
            Duration.ofSeconds(30));
    return new ModelRuntime(
        settings,
        new DirectorySource(
            "digits", base, new Completeness.Settled(settle), Links.INSIDE, System::nanoTime),
        new SavedModelLoader(SessionSettings.defaults()),
        InstantSource.system());
  }
}

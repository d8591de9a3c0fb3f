package io.penstock.model.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.model.ModelException;
import io.penstock.model.ServableId;
import io.penstock.model.TestModels;
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
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;

/** Every way to break a SavedModel is refused with a reason, and a good version serves on. */
@Timeout(120)
final class BrokenModelIT {

  private static final Path GOOD = TestModels.examples().resolve("digits").resolve("1");
  private static final String SHARD = "variables/variables.data-00000-of-00001";

  @TempDir private Path directory;
  private Path base;
  private Path broken;
  private ModelRuntime runtime;

  @BeforeEach
  void serveAGoodVersion() throws Exception {
    base = Files.createDirectory(directory.resolve("digits"));
    broken = directory.resolve("broken");
    TestModels.copy(GOOD, base.resolve("1"));
    runtime = runtime(Set.of("serving_default"));
    runtime.start();
    runtime.whenAvailable(1).toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  @AfterEach
  void closeRuntime() {
    assertThat(runtime.acquire(1)).isPresent().get().satisfies(lease -> lease.close());
    runtime.close();
  }

  @Test
  void shouldRefuseAnEmptyGraph() throws IOException {
    // given
    TestModels.copy(GOOD, broken);
    Files.write(broken.resolve("saved_model.pb"), new byte[0]);

    // when, then
    assertRefused("saved_model.pb is empty. Copy the SavedModel again.");
  }

  @Test
  void shouldRefuseATruncatedGraph() throws IOException {
    // given
    TestModels.copy(GOOD, broken);
    truncate("saved_model.pb", 0.5);

    // when, then
    assertRefused("saved_model.pb is truncated or no SavedModel");
  }

  @Test
  void shouldRefuseGarbage() throws IOException {
    // given
    TestModels.copy(GOOD, broken);
    Files.writeString(broken.resolve("saved_model.pb"), "not a protocol buffer at all");

    // when, then
    assertRefused("saved_model.pb is truncated or no SavedModel");
  }

  @Test
  void shouldRefuseAMissingGraph() {
    // given, past the source, which would wait for it
    SavedModelLoader loader = new SavedModelLoader(SessionSettings.defaults());

    // when, then
    assertThatThrownBy(
            () ->
                loader.load(
                    new ServableId("digits", 2),
                    Files.createDirectory(broken),
                    Set.of("serving_default")))
        .isInstanceOf(ModelException.class)
        .hasMessage(
            "digits/2 could not be loaded from %s: saved_model.pb is missing. Copy the whole SavedModel there."
                .formatted(broken));
  }

  @Test
  void shouldRefuseAGraphWithoutTheTag() throws IOException {
    // given
    TestModels.copy(GOOD, broken);
    Path file = broken.resolve("saved_model.pb");
    SavedModel.Builder model = SavedModel.parseFrom(Files.readAllBytes(file)).toBuilder();
    MetaGraphDef.Builder graph = model.getMetaGraphsBuilder(0);
    graph.getMetaInfoDefBuilder().clearTags().addTags("train").addTags("gpu");
    Files.write(file, model.build().toByteArray());

    // when, then
    assertRefused("it has no graph with tag serve (found: [[train, gpu]]). Export it for serving.");
  }

  @Test
  void shouldRefuseTruncatedVariables() throws IOException {
    // given
    TestModels.copy(GOOD, broken);
    truncate(SHARD, 0.5);

    // when, then
    assertRefused("digits/2 ");
  }

  @Test
  void shouldRefuseEmptyVariables() throws IOException {
    // given
    TestModels.copy(GOOD, broken);
    truncate(SHARD, 0);

    // when, then
    assertRefused("digits/2 ");
  }

  @Test
  void shouldRefuseAnEmptyIndex() throws IOException {
    // given
    TestModels.copy(GOOD, broken);
    truncate("variables/variables.index", 0);

    // when, then
    assertRefused("digits/2 ");
  }

  @Test
  void shouldRefuseMissingVariablesWhichOnlyTheFirstRunShows() throws IOException {
    // given
    Files.createDirectory(broken);
    Files.copy(GOOD.resolve("saved_model.pb"), broken.resolve("saved_model.pb"));

    // when, then
    assertRefused("digits/2 loaded, but its first runs failed: ");
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
    truncate(SHARD, 0.5);
    assertRefused("digits/2 ");

    // when
    Files.copy(
        GOOD.resolve(SHARD), base.resolve("2").resolve(SHARD), StandardCopyOption.REPLACE_EXISTING);

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

  private void truncate(String name, double share) throws IOException {
    Path file = broken.resolve(name);
    try (var channel = Files.newByteChannel(file, StandardOpenOption.WRITE)) {
      channel.truncate((long) (channel.size() * share));
    }
  }

  private ModelRuntime runtime(Set<String> signatures) {
    ModelSettings settings =
        new ModelSettings(
            "digits",
            base,
            Duration.ofMillis(20),
            new VersionPolicy.All(),
            Transition.AVAILABILITY_PRESERVING,
            LoadRetries.NONE,
            signatures,
            Set.of(1, 16),
            Duration.ofMinutes(1),
            Duration.ofSeconds(30));
    return new ModelRuntime(
        settings,
        new DirectorySource(
            "digits",
            base,
            new Completeness.Settled(Duration.ZERO),
            Links.INSIDE,
            System::nanoTime),
        new SavedModelLoader(SessionSettings.defaults()),
        InstantSource.system());
  }
}

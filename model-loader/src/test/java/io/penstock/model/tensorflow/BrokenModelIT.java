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
import io.penstock.model.fitness.GoldenChecks;
import io.penstock.model.lifecycle.LoadRetries;
import io.penstock.model.lifecycle.ModelRuntime;
import io.penstock.model.lifecycle.ModelSettings;
import io.penstock.model.lifecycle.Transition;
import io.penstock.model.lifecycle.VersionPolicy;
import io.penstock.model.source.directory.Completeness;
import io.penstock.model.source.directory.DirectorySource;
import io.penstock.model.source.directory.Links;
import io.penstock.model.tensorflow.log.WarmUpRecords;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;

/**
 * Every way to break a SavedModel is refused with a reason, and a good version serves on meanwhile:
 * one run after the other, none of which fails.
 */
@Timeout(120)
final class BrokenModelIT {

  private static final Path GOOD = TestModels.examples().resolve("digits").resolve("1");
  private static final String GRAPH = "saved_model.pb";
  private static final String INDEX = "variables/variables.index";
  private static final String SHARD = "variables/variables.data-00000-of-00001";
  private static final String SIGNATURE = ModelSettings.DEFAULT_SIGNATURE;

  @TempDir private Path directory;
  private Path base;
  private Path broken;
  private ModelRuntime runtime;
  private final AtomicBoolean stop = new AtomicBoolean();
  private CompletableFuture<Integer> served;

  /** A way to break a version, and what is said about it. */
  private enum Breakage {
    EMPTY_GRAPH("saved_model.pb is empty. Copy the SavedModel again.") {
      @Override
      void apply(Path version) throws IOException {
        truncate(version.resolve(GRAPH), 0);
      }
    },
    TRUNCATED_GRAPH("saved_model.pb is truncated or no SavedModel") {
      @Override
      void apply(Path version) throws IOException {
        truncate(version.resolve(GRAPH), 0.5);
      }
    },
    GARBAGE("saved_model.pb is truncated or no SavedModel") {
      @Override
      void apply(Path version) throws IOException {
        Files.writeString(version.resolve(GRAPH), "not a protocol buffer at all");
      }
    },
    OTHER_TAGS("it has no graph with tag serve (found: [[train, gpu]]). Export it for serving.") {
      @Override
      void apply(Path version) throws IOException {
        edit(
            version,
            graph -> {
              graph.getMetaInfoDefBuilder().clearTags().addTags("train").addTags("gpu");
              return graph;
            });
      }
    },
    UNKNOWN_OPERATION("Op type not registered 'PenstockUnknown'") {
      @Override
      void apply(Path version) throws IOException {
        edit(
            version,
            graph -> {
              graph.getGraphDefBuilder().getNodeBuilder(0).setOp("PenstockUnknown");
              return graph;
            });
      }
    },
    SIGNATURE_WITHOUT_ITS_TENSOR("stands for tensor nowhere:0, which is not in the graph") {
      @Override
      void apply(Path version) throws IOException {
        edit(
            version,
            graph -> {
              var signature = graph.getSignatureDefOrThrow(SIGNATURE).toBuilder();
              String output = signature.getOutputsMap().keySet().iterator().next();
              var tensor = signature.getOutputsOrThrow(output).toBuilder().setName("nowhere:0");
              return graph.putSignatureDef(
                  SIGNATURE, signature.putOutputs(output, tensor.build()).build());
            });
      }
    },
    NO_SIGNATURE("has no signature serving_default (expected: one of [])") {
      @Override
      void apply(Path version) throws IOException {
        edit(version, MetaGraphDef.Builder::clearSignatureDef);
      }
    },
    NO_VARIABLES("digits/2 loaded, but its first runs failed: ") {
      @Override
      void apply(Path version) throws IOException {
        Files.delete(version.resolve(SHARD));
        Files.delete(version.resolve(INDEX));
        Files.delete(version.resolve("variables"));
      }
    },
    NO_SHARD("variables.data-00000-of-00001; No such file or directory") {
      @Override
      void apply(Path version) throws IOException {
        Files.delete(version.resolve(SHARD));
      }
    },
    EMPTY_SHARD("Read less bytes than requested") {
      @Override
      void apply(Path version) throws IOException {
        truncate(version.resolve(SHARD), 0);
      }
    },
    TRUNCATED_SHARD("Read less bytes than requested") {
      @Override
      void apply(Path version) throws IOException {
        truncate(version.resolve(SHARD), 0.5);
      }
    },
    FLIPPED_SHARD("Checksum does not match") {
      @Override
      void apply(Path version) throws IOException {
        flipABit(version.resolve(SHARD));
      }
    },
    EMPTY_INDEX("file is too short to be an sstable") {
      @Override
      void apply(Path version) throws IOException {
        truncate(version.resolve(INDEX), 0);
      }
    },
    TRUNCATED_INDEX("not an sstable (bad magic number)") {
      @Override
      void apply(Path version) throws IOException {
        truncate(version.resolve(INDEX), 0.5);
      }
    },
    FLIPPED_INDEX("digits/2 ") {
      @Override
      void apply(Path version) throws IOException {
        flipABit(version.resolve(INDEX));
      }
    },
    BROKEN_WARM_UP("its warm-up requests cannot be run: ") {
      @Override
      void apply(Path version) throws IOException {
        new WarmUpRecords().record(new byte[] {1, 2, 3}).writeTo(version);
      }
    },
    WRONG_OUTPUTS("computes something else than its golden checks expect, in 1 of 1 records") {
      @Override
      void apply(Path version) throws IOException {
        Files.createDirectories(version.resolve("assets.extra"));
        Files.writeString(version.resolve(GoldenChecks.FILE), golden());
      }
    };

    private final String reason;

    Breakage(String reason) {
      this.reason = reason;
    }

    abstract void apply(Path version) throws IOException;
  }

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

  /** Runs the good version again and again; fails if it once cannot be leased or run. */
  private int serveUntilStopped() {
    int runs = 0;
    while (!stop.get()) {
      try (Lease lease = runtime.acquire(1).orElseThrow()) {
        ModelSignature signature = lease.version().signature(SIGNATURE).orElseThrow();
        Rows inputs = Rows.of(signature.inputs(), 4);
        lease.version().run(signature, inputs, 4, Rows.of(signature.outputs()));
        runs++;
      }
    }
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
    assertRefused(breakage.reason);
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
        broken.resolve(GRAPH), PosixFilePermissions.fromString("-wx------"));
    assumeFalse(Files.isReadable(broken.resolve(GRAPH)), "root reads everything");

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

  private static void truncate(Path file, double share) throws IOException {
    try (var channel = Files.newByteChannel(file, StandardOpenOption.WRITE)) {
      channel.truncate((long) (channel.size() * share));
    }
  }

  private static void flipABit(Path file) throws IOException {
    byte[] content = Files.readAllBytes(file);
    content[content.length / 3] ^= 0x10;
    Files.write(file, content);
  }

  private static void edit(Path version, UnaryOperator<MetaGraphDef.Builder> change)
      throws IOException {
    Path file = version.resolve(GRAPH);
    SavedModel.Builder model = SavedModel.parseFrom(Files.readAllBytes(file)).toBuilder();
    var unused = change.apply(model.getMetaGraphsBuilder(0));
    Files.write(file, model.build().toByteArray());
  }

  /** A blank image, and a digit that nobody is so sure of. */
  private static String golden() {
    String pixels = "0,".repeat(63) + "0";
    return "{\"inputs\": ["
        + pixels
        + "], \"outputs\": {\"probabilities\": [1,0,0,0,0,0,0,0,0,0]}}";
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

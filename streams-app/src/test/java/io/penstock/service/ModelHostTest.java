package io.penstock.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.batching.BatchLimits;
import io.penstock.batching.ByteBudget;
import io.penstock.batching.FakeModel;
import io.penstock.batching.VersionBinding;
import io.penstock.batching.shape.VariableLengths;
import io.penstock.check.schema.InputSchema;
import io.penstock.codec.FieldMapping;
import io.penstock.codec.avro.AvroInputFormat;
import io.penstock.codec.avro.AvroOutputFormat;
import io.penstock.config.StartFrom;
import io.penstock.inference.InferenceStatistics;
import io.penstock.model.lifecycle.LoadRetries;
import io.penstock.model.lifecycle.ModelRuntime;
import io.penstock.model.lifecycle.ModelSettings;
import io.penstock.model.lifecycle.Transition;
import io.penstock.model.lifecycle.VersionPolicy;
import io.penstock.model.source.AspiredVersion;
import io.penstock.model.source.SourceReport;
import io.penstock.registry.InMemorySchemaRegistry;
import io.penstock.streams.Pipeline;
import io.penstock.streams.PipelineClients;
import io.penstock.streams.StreamsSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.avro.SchemaBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A real runtime and a real pipeline at rest, over versions without TensorFlow: version 1 reads
 * {@code x}, version 2 reads {@code z}. Work that would start the pipeline is kept and not done.
 */
final class ModelHostTest {

  private static final Map<Long, String> INPUTS = new TreeMap<>(Map.of(1L, "x", 2L, "z"));

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
              Set.of(ModelSettings.DEFAULT_SIGNATURE),
              Set.of(1, 4),
              Duration.ofMinutes(1),
              Duration.ofSeconds(30)),
          ModelHostTest::versionsOneAndTwo,
          (id, directory, signatures) ->
              new FakeVersion(id, INPUTS.getOrDefault(id.version(), "none")),
          InstantSource.system());
  private final Pipeline pipeline =
      new Pipeline(
          new Pipeline.Definition(
              "p",
              "in",
              "out",
              "dead",
              "audit",
              new BatchLimits(4, Duration.ZERO, 4, 1 << 20),
              ByteBudget.unlimited(),
              (record, maxBytes) -> new byte[0],
              cutover -> new byte[0]),
          new StreamsSettings(
              "service-p",
              true,
              StartFrom.End.EARLIEST,
              1,
              Map.of("bootstrap.servers", "localhost:1")),
          batch -> {},
          lanes -> new PipelineClients("p", lanes));
  private final Queue<Runnable> starts = new LinkedBlockingQueue<>();
  private boolean activating;
  private final ModelHost host =
      new ModelHost(
          runtime,
          false,
          List.of(
              new ServedPipeline(
                  pipeline,
                  true,
                  FakeModel.TERMS,
                  new InferenceStatistics(),
                  ModelSettings.DEFAULT_SIGNATURE,
                  new AvroInputFormat(registry, FieldMapping.byName()),
                  VariableLengths.NONE,
                  new InputSchema(registry, "p", "in", FieldMapping.byName()),
                  new AvroOutputFormat(registry, "out-value", true))),
          this::work);

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
    await(host.prepare(1));
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
    assertThatThrownBy(() -> await(host.prepare(2)))
        .hasMessageContainingAll("Pipeline p: fake/2", "in-value", "has no field z")
        .hasMessageNotContaining("which serves");

    assertThatThrownBy(() -> pipeline.cutOver(2, 8)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void shouldNameEveryDifferenceFromTheVersionThatServesWhenItRefusesAnother() throws Exception {
    await(host.prepare(1));
    activate(1, 7);

    assertThatThrownBy(() -> await(host.prepare(2)))
        .hasMessageContaining("has no field z")
        .hasMessageEndingWith(
            ". Unlike fake/1, which serves: input x: int64[-1] is gone; input z: int64[-1] is new");
  }

  @Test
  void shouldResumeWhatCannotReadASchemaThatCameLater() throws Exception {
    await(host.resume(2));
    activate(2, 8);

    assertThat(pipeline.serving().map(VersionBinding::fingerprint)).contains("f2");
  }

  @Test
  void shouldFailAPromotionWhileTheRegistryIsDown() throws Exception {
    await(host.prepare(1));
    registry.setDown(true);

    assertThatThrownBy(() -> await(host.prepare(1))).hasMessageContaining("No registry answers");
  }

  @Test
  void shouldForgetWhatIsAbandoned() throws Exception {
    await(host.prepare(1));
    host.abandon(1);

    assertThatThrownBy(() -> pipeline.cutOver(1, 7)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void shouldServeOnWhenTheNextVersionIsAbandoned() throws Exception {
    await(host.prepare(1));
    activate(1, 7);
    assertThatThrownBy(() -> await(host.prepare(2))).isNotNull();
    host.abandon(2);

    assertThat(host.active()).contains(1L);
    assertThat(pipeline.serving().map(VersionBinding::fingerprint)).contains("f1");
    assertThat(runtime.acquire(1)).isPresent().get().satisfies(lease -> lease.close());
  }

  @Test
  void shouldDescribeEveryVersionThatThereIs() throws Exception {
    await(host.prepare(1));

    assertThat(host.describe().aspired()).containsOnlyKeys(1L, 2L);
    assertThat(host.describe().automatic()).isFalse();
  }

  private void activate(long version, long epoch) {
    activating = true;
    host.activate(version, epoch);
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

  private static SourceReport versionsOneAndTwo() {
    TreeMap<Long, AspiredVersion> versions = new TreeMap<>();
    INPUTS
        .keySet()
        .forEach(
            version ->
                versions.put(version, new AspiredVersion(version, Path.of("fake"), "revision")));
    return new SourceReport.Aspired(versions, new TreeMap<>());
  }
}

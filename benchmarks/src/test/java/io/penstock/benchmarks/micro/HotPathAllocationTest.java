package io.penstock.benchmarks.micro;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.batching.BatchLimits;
import io.penstock.batching.InFlightBudget;
import io.penstock.batching.VersionBinding;
import io.penstock.model.lifecycle.ModelRuntime;
import io.penstock.pipeline.PipelineSettings;
import io.penstock.pipeline.PipelineStatistics;
import io.penstock.pipeline.PipelineTopology;
import io.penstock.pipeline.ThreadLanes;
import io.penstock.pipeline.Tombstones;
import io.penstock.precommit.PreCommitStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.junit.jupiter.api.Test;

/**
 * The regression guard that every build runs: bytes that the hot paths allocate. A bound is about
 * twice what is counted without compiled code, which allocates the most, and that is the same on
 * every machine; what breaks it is a path of another kind: a box per element, a GenericRecord, a
 * string per record.
 */
class HotPathAllocationTest {

  /** So few that a batch of one row has columns that are used again and again. */
  private static final int ROWS = 3;

  /** No Java object is smaller. */
  private static final double ONE_OBJECT = 16;

  @Test
  void shouldDecodeFloatsWithoutGarbage() throws Exception {
    DecodeBenchmark path = new DecodeBenchmark();

    double bytes = AllocationMeter.bytesPerOperation(path::plan);

    assertThat(bytes).isLessThan(ONE_OBJECT);
  }

  @Test
  void shouldReadFloatsFromJsonWithoutGarbage() throws Exception {
    JsonDecodeBenchmark path = new JsonDecodeBenchmark();

    double bytes = AllocationMeter.bytesPerOperation(path::reader);

    assertThat(bytes).isLessThan(ONE_OBJECT);
  }

  /** 24 bytes are those of the one string that the model takes. */
  @Test
  void shouldDecodeMixedFieldsForTheirStringsAlone() throws Exception {
    MixedDecodeBenchmark path = new MixedDecodeBenchmark();

    double bytes = AllocationMeter.bytesPerOperation(path::plan);

    assertThat(bytes).isLessThanOrEqualTo(2 * 24);
  }

  @Test
  void shouldFindASchemasPlanWithoutGarbage() throws Exception {
    SchemaLookupBenchmark path = new SchemaLookupBenchmark();

    double bytes = AllocationMeter.bytesPerOperation(path::plan);

    assertThat(bytes).isLessThan(ONE_OBJECT);
  }

  /** 112 bytes: an array of the prediction's 47, and a few objects around it. */
  @Test
  void shouldEncodeIntoTheArrayOfThePrediction() throws Exception {
    EncodeBenchmark path = new EncodeBenchmark();

    double bytes = AllocationMeter.bytesPerOperation(path::prediction);

    assertThat(bytes).isLessThanOrEqualTo(2 * 112);
  }

  @Test
  void shouldLeaseForAFewObjects() throws Exception {
    LeaseBenchmark path = new LeaseBenchmark();
    try {
      double bytes = AllocationMeter.bytesPerOperation(path::acquireAndClose);

      assertThat(bytes).isLessThanOrEqualTo(2 * 56);
    } finally {
      path.close();
    }
  }

  /** 50 bytes: a row's place, its slots in the batch, and its share of the batch. */
  @Test
  void shouldBatchARowForItsPlaceAndItsShareOfTheBatch() throws Exception {
    HandOffBenchmark path = new HandOffBenchmark();
    try {
      double bytes = AllocationMeter.bytesPerOperation(path::fullBatch) / HandOffBenchmark.ROWS;

      assertThat(bytes).isLessThanOrEqualTo(2 * 50);
    } finally {
      path.close();
    }
  }

  /**
   * 1,410 bytes more than a pass-through without headers, a batch for every record included. The
   * bound is closer than the others', for else seven headers would fit under it.
   */
  @Test
  void shouldTakeARecordThroughTheTopologyForLittleMoreThanKafkaTakes() throws Exception {
    byte[] record = Images.framed();
    try (ModelRuntime runtime = ImageModel.serve();
        TopologyPath penstock = new TopologyPath(penstock(HandOffBenchmark.binding(runtime)));
        TopologyPath kafka = new TopologyPath(passThrough())) {
      // In this order: what is compiled meanwhile allocates less, and is not to be held against us.
      double least = AllocationMeter.bytesPerOperation(() -> kafka.pipe(record));
      double all = AllocationMeter.bytesPerOperation(() -> penstock.pipe(record));

      assertThat(all - least).isLessThanOrEqualTo(1_700);
    }
  }

  /** A pipeline whose batches are finished as soon as they are sealed, on the stream thread. */
  private static Topology penstock(VersionBinding binding) {
    PipelineSettings settings =
        new PipelineSettings(
            "images",
            new PipelineSettings.Topics(
                TopologyPath.INPUT, Uuid.ZERO_UUID, 1, TopologyPath.OUTPUT, "dead", "audit"),
            Tombstones.DEAD_LETTER,
            new BatchLimits(ROWS, Duration.ofMillis(5), 4096, 64 << 20),
            new PipelineSettings.SizeLimits(1 << 20, 1 << 20),
            new PipelineSettings.WaitLimits(
                Duration.ofSeconds(20).toNanos(), Long.MAX_VALUE, Duration.ofMillis(10)));
    ThreadLanes lanes =
        new ThreadLanes(
            settings,
            InFlightBudget.unlimited(),
            HandOffBenchmark::finish,
            new HurriedClock(),
            InstantSource.system(),
            new PipelineStatistics());
    return PipelineTopology.build(
        settings, () -> binding, lanes, (refused, room) -> new byte[0], cutover -> new byte[0]);
  }

  /** What Kafka itself takes for outcomes without headers, and for the hook. */
  private static Topology passThrough() {
    byte[] prediction = HandOffBenchmark.PREDICTION;
    return new Topology()
        .addSource(
            "source", new ByteArrayDeserializer(), new ByteArrayDeserializer(), TopologyPath.INPUT)
        .addProcessor(
            "pass",
            () ->
                new ContextualProcessor<byte[], byte[], byte[], byte[]>() {
                  @Override
                  public void process(Record<byte[], byte[]> record) {
                    context().forward(record.withValue(prediction));
                  }
                },
            "source")
        .addStateStore(PreCommitStore.builder("hook"), "pass")
        .addSink(
            "sink",
            TopologyPath.OUTPUT,
            new ByteArraySerializer(),
            new ByteArraySerializer(),
            "pass");
  }

  /** A clock by which something is due at every look, however fast the machine is. */
  private static final class HurriedClock implements LongSupplier {

    private long nanos;

    @Override
    public long getAsLong() {
      nanos += TimeUnit.MILLISECONDS.toNanos(2);
      return nanos;
    }
  }
}

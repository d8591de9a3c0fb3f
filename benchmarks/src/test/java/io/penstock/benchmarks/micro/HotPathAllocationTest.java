package io.penstock.benchmarks.micro;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.batching.BatchLimits;
import io.penstock.batching.ByteBudget;
import io.penstock.batching.VersionBinding;
import io.penstock.model.lifecycle.ModelRuntime;
import io.penstock.pipeline.PipelineSettings;
import io.penstock.pipeline.PipelineStatistics;
import io.penstock.pipeline.PipelineTopology;
import io.penstock.pipeline.ThreadLanes;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.junit.jupiter.api.Test;

/**
 * The regression guard that every build runs: bytes that a hot path allocates for each record. A
 * bound is about twice what was counted in the interpreter, which allocates the most; what breaks
 * it is a path of another kind, such as a box per element, a GenericRecord or a string per record.
 */
class HotPathAllocationTest {

  private static final int ROW_BYTES = Images.FLOATS * Float.BYTES;

  @Test
  void shouldDecodeFloatsWithoutGarbage() throws Exception {
    DecodeBenchmark path = new DecodeBenchmark();

    assertThat(AllocationMeter.bytesPerOperation(path::plan)).isLessThanOrEqualTo(1);
  }

  @Test
  void shouldDecodeMixedFieldsWithoutGarbage() throws Exception {
    MixedDecodeBenchmark path = new MixedDecodeBenchmark();

    assertThat(AllocationMeter.bytesPerOperation(path::plan)).isLessThanOrEqualTo(1);
  }

  @Test
  void shouldFindASchemasPlanWithoutGarbage() throws Exception {
    SchemaLookupBenchmark path = new SchemaLookupBenchmark();

    assertThat(AllocationMeter.bytesPerOperation(path::plan)).isLessThanOrEqualTo(1);
    assertThat(AllocationMeter.bytesPerOperation(path::cachedSchema)).isLessThanOrEqualTo(1);
  }

  @Test
  void shouldEncodeIntoTheArrayOfThePrediction() throws Exception {
    EncodeBenchmark path = new EncodeBenchmark();

    assertThat(AllocationMeter.bytesPerOperation(path::prediction)).isLessThanOrEqualTo(1);
  }

  @Test
  void shouldLeaseForAFewObjects() throws Exception {
    LeaseBenchmark path = new LeaseBenchmark();
    try {
      assertThat(AllocationMeter.bytesPerOperation(path::acquireAndClose)).isLessThanOrEqualTo(1);
    } finally {
      path.close();
    }
  }

  @Test
  void shouldBatchARowForItsPlaceAndItsShareOfTheBatch() throws Exception {
    HandOffBenchmark path = new HandOffBenchmark();
    try {
      double batch = AllocationMeter.bytesPerOperation(path::batch);

      assertThat(batch / HandOffBenchmark.ROWS).isLessThanOrEqualTo(1);
    } finally {
      path.close();
    }
  }

  @Test
  void shouldTakeARecordThroughTheTopologyForLittleMoreThanKafkaTakes() throws Exception {
    byte[] record = Images.framed();
    try (ModelRuntime runtime = ImageModel.serve();
        TopologyPath penstock = new TopologyPath(penstock(HandOffBenchmark.binding(runtime)));
        TopologyPath kafka = new TopologyPath(passThrough())) {
      assertThat(penstock.pipe(record).headers().toArray())
          .hasSameSizeAs(kafka.pipe(record).headers().toArray());

      double more =
          AllocationMeter.bytesPerOperation(() -> penstock.pipe(record))
              - AllocationMeter.bytesPerOperation(() -> kafka.pipe(record));

      assertThat(more).isLessThanOrEqualTo(1);
    }
  }

  /** A pipeline whose batches are finished as soon as they are sealed, on the stream thread. */
  private static Topology penstock(VersionBinding binding) {
    PipelineSettings settings =
        new PipelineSettings(
            "images",
            new PipelineSettings.Topics(
                TopologyPath.INPUT, 1, TopologyPath.OUTPUT, "dead", "audit"),
            new BatchLimits(HandOffBenchmark.ROWS, Duration.ofMillis(5), 4096, 64 << 20),
            new PipelineSettings.SizeLimits(1 << 20, 1 << 20),
            new PipelineSettings.WaitLimits(
                Duration.ofSeconds(20).toNanos(), Long.MAX_VALUE, Duration.ofMillis(10)));
    ThreadLanes lanes =
        new ThreadLanes(
            settings,
            ByteBudget.unlimited(),
            HandOffBenchmark::finish,
            System::nanoTime,
            new PipelineStatistics());
    return PipelineTopology.build(
        settings, () -> binding, lanes, (refused, room) -> new byte[0], cutover -> new byte[0]);
  }

  /** What Kafka itself takes: as many headers, which are there already, and the record's bytes. */
  private static Topology passThrough() {
    List<Header> headers =
        Stream.of("a", "b", "c", "d", "e", "f", "g")
            .map(key -> (Header) new RecordHeader(key, new byte[1]))
            .toList();
    return new Topology()
        .addSource(
            "source", new ByteArrayDeserializer(), new ByteArrayDeserializer(), TopologyPath.INPUT)
        .addProcessor(
            "pass",
            () ->
                new ContextualProcessor<byte[], byte[], byte[], byte[]>() {
                  @Override
                  public void process(Record<byte[], byte[]> record) {
                    RecordHeaders all = new RecordHeaders();
                    headers.forEach(all::add);
                    context()
                        .forward(
                            new Record<>(record.key(), record.value(), record.timestamp(), all));
                  }
                },
            "source")
        .addSink(
            "sink",
            TopologyPath.OUTPUT,
            new ByteArraySerializer(),
            new ByteArraySerializer(),
            "pass");
  }
}

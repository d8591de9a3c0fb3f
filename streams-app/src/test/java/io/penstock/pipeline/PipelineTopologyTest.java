package io.penstock.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.batching.BatchLimits;
import io.penstock.batching.FakeModel;
import io.penstock.batching.InFlightBudget;
import io.penstock.batching.VersionBinding;
import io.penstock.codec.DeadLetterReason;
import io.penstock.inference.InferenceSettings;
import io.penstock.inference.InferenceThreads;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The test driver commits after every record, so each outcome has gone through the hook. */
class PipelineTopologyTest {

  private static final int MAX_BYTES = 4096;
  private static final Duration MAX_AGE = Duration.ofSeconds(30);

  /** The driver's wall clock at first; records are younger where nothing else is said. */
  private static final Instant START = Instant.ofEpochMilli(1_000_000);

  private final FakeModel first = new FakeModel(1);
  private final AtomicReference<Serving> serving =
      new AtomicReference<>(Serving.all(first.binding()));
  private final InferenceThreads inference =
      InferenceThreads.start(new InferenceSettings(2, 2), reason -> {});
  private volatile Instant now = START;
  private volatile long knownForNanos = Long.MAX_VALUE;
  private final PipelineStatistics statistics = new PipelineStatistics();
  private TopologyTestDriver driver;
  private TestInputTopic<byte[], byte[]> input;
  private TestOutputTopic<byte[], byte[]> predictions;
  private TestOutputTopic<byte[], byte[]> deadLetters;
  private TestOutputTopic<byte[], byte[]> audit;

  @BeforeEach
  void start() {
    start(Tombstones.DEAD_LETTER);
  }

  private void start(Tombstones tombstones) {
    PipelineSettings settings =
        new PipelineSettings(
            "numbers",
            new PipelineSettings.Topics("in", Uuid.ZERO_UUID, 1, "out", "dead", "audit"),
            tombstones,
            new BatchLimits(8, 1 << 20, Duration.ofMillis(5), MAX_AGE, 32, 1 << 20),
            new PipelineSettings.SizeLimits(MAX_BYTES, MAX_BYTES),
            new PipelineSettings.WaitLimits(
                Duration.ofSeconds(20).toNanos(), Long.MAX_VALUE, Duration.ofMillis(10)));
    ThreadLanes lanes =
        new ThreadLanes(
            settings,
            InFlightBudget.unlimited(),
            inference,
            System::nanoTime,
            () -> now,
            statistics);
    Properties properties = new Properties();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
    properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "unused:1");
    properties.put("processing.exception.handler.global.enabled", true);
    driver =
        new TopologyTestDriver(
            PipelineTopology.build(
                settings,
                new Decided(),
                lanes,
                (record, maxBytes) ->
                    (record.offset() + " " + record.reason() + " " + record.message())
                        .getBytes(UTF_8),
                cutover -> cutover.toString().getBytes(UTF_8)),
            properties,
            START);
    input =
        driver.createInputTopic(
            "in", new ByteArraySerializer(), new ByteArraySerializer(), START, Duration.ZERO);
    predictions = output("out");
    deadLetters = output("dead");
    audit = output("audit");
  }

  @AfterEach
  void stop() {
    driver.close();
    inference.close();
  }

  @Test
  void shouldForwardThePredictionWithKeyTimestampAndHeaders() {
    // given
    RecordHeaders headers = new RecordHeaders();
    headers.add("trace", "t1".getBytes(UTF_8));
    headers.add("penstock-served-by", "another pipeline's".getBytes(UTF_8));
    // when
    input.pipeInput(
        new TestRecord<>("k".getBytes(UTF_8), FakeModel.record(42), headers, 1_001_234L));
    // then
    TestRecord<byte[], byte[]> prediction = predictions.readRecord();
    assertThat(FakeModel.predicted(prediction.value())).isEqualTo(1_000_042);
    assertThat(prediction.key()).isEqualTo("k".getBytes(UTF_8));
    assertThat(prediction.timestamp()).isEqualTo(1_001_234L);
    assertThat(headers(prediction))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "trace", "t1",
                "penstock-served-by", "pipeline=numbers;model=fake;version=1;fingerprint=f1",
                "penstock-input", "in-0@0"));
  }

  @Test
  void shouldMakeADeadLetterOfABadRecordAndLeaveItsNeighboursAlone() {
    // when
    input.pipeValueList(List.of(FakeModel.record(1), new byte[] {9, 9}, FakeModel.record(3)));
    input.pipeInput((byte[]) null);
    input.pipeInput(FakeModel.record(-4));
    // then
    assertThat(predictions.readValuesToList())
        .extracting(FakeModel::predicted)
        .containsExactly(1_000_001L, 1_000_003L);
    List<TestRecord<byte[], byte[]>> dead = deadLetters.readRecordsToList();
    assertThat(dead)
        .extracting(record -> new String(record.value(), UTF_8))
        .containsExactly(
            "1 MALFORMED length: 2 (expected: 8)",
            "3 NULL_VALUE the record's value is null (a tombstone)",
            "4 INFERENCE_FAILED the model refuses -4");
    assertThat(headers(dead.get(0)))
        .containsEntry("penstock-input", "in-0@1")
        .containsEntry("penstock-reason", "MALFORMED");
  }

  @Test
  void shouldPassTombstonesInTheirOrderWhereTheyAreToPass() {
    // given
    driver.close();
    start(Tombstones.PASS);
    // when
    input.pipeInput("k".getBytes(UTF_8), FakeModel.record(1));
    input.pipeInput("k".getBytes(UTF_8), (byte[]) null);
    input.pipeInput("k".getBytes(UTF_8), FakeModel.record(3));
    // then
    List<TestRecord<byte[], byte[]>> all = predictions.readRecordsToList();
    assertThat(all)
        .extracting(record -> record.value() == null ? null : FakeModel.predicted(record.value()))
        .containsExactly(1_000_001L, null, 1_000_003L);
    assertThat(all).extracting(TestRecord::key).containsOnly("k".getBytes(UTF_8));
    assertThat(headers(all.get(1))).containsEntry("penstock-input", "in-0@1");
    assertThat(deadLetters.isEmpty()).isTrue();
  }

  @Test
  void shouldLeaveTombstonesOutWhereTheyAreToBeDropped() {
    // given
    driver.close();
    start(Tombstones.DROP);
    // when
    input.pipeInput((byte[]) null);
    input.pipeInput(FakeModel.record(2));
    // then
    assertThat(predictions.readValuesToList())
        .extracting(FakeModel::predicted)
        .containsExactly(1_000_002L);
    assertThat(deadLetters.isEmpty()).isTrue();
  }

  @Test
  void shouldMakeADeadLetterOfARecordThatIsTooOld() {
    // when
    now = START.plusSeconds(40);
    input.pipeInput(null, FakeModel.record(1), START.plusSeconds(9).toEpochMilli());
    input.pipeInput(null, FakeModel.record(2), START.plusSeconds(10).toEpochMilli());
    // then
    assertThat(predictions.readValuesToList())
        .extracting(FakeModel::predicted)
        .containsExactly(1_000_002L);
    TestRecord<byte[], byte[]> dead = deadLetters.readRecord();
    assertThat(new String(dead.value(), UTF_8))
        .isEqualTo(
            "0 TOO_OLD the record's timestamp is 31000 ms ago (expected: at most 30000, by"
                + " batch.max-age)");
    assertThat(headers(dead)).containsEntry("penstock-reason", "TOO_OLD");
  }

  @Test
  void shouldMakeADeadLetterOfARecordWhosePredictionComesTooLate() {
    // given
    first.beforeRun(() -> now = START.plusSeconds(31));
    // when
    input.pipeInput(null, FakeModel.record(1), START.toEpochMilli());
    // then
    assertThat(predictions.readValuesToList()).isEmpty();
    assertThat(new String(deadLetters.readRecord().value(), UTF_8))
        .isEqualTo(
            "0 TOO_OLD the record's timestamp is 31000 ms ago (expected: at most 30000, by"
                + " batch.max-age)");
  }

  @Test
  void shouldCutOverBetweenTwoRecordsAndAuditIt() {
    // given
    input.pipeInput(null, FakeModel.record(1), 1_000_010L);
    // when
    serving.set(Serving.all(new FakeModel(2).binding()));
    input.pipeInput(null, FakeModel.record(2), 1_000_011L);
    // then
    assertThat(predictions.readValuesToList())
        .extracting(FakeModel::predicted)
        .containsExactly(1_000_001L, 2_000_002L);
    assertThat(audit.readValuesToList())
        .extracting(value -> new String(value, UTF_8))
        .containsExactly(
            "Cutover[pipeline=numbers, model=fake, topic=in, partition=0, offset=0,"
                + " from=OptionalLong.empty, to=1, epoch=0, effectiveFrom=OptionalLong.empty, refusedBefore=OptionalLong.empty,"
                + " time=1000010]",
            "Cutover[pipeline=numbers, model=fake, topic=in, partition=0, offset=1,"
                + " from=OptionalLong[1], to=2, epoch=0, effectiveFrom=OptionalLong.empty, refusedBefore=OptionalLong.empty,"
                + " time=1000011]");
  }

  /** Brokers refuse timestamps that are an hour ahead, and the audit is kept by them. */
  @Test
  void shouldDateCutoversByTheClockWhateverTimestampsRecordsHave() {
    long ahead = now.plus(Duration.ofDays(1)).toEpochMilli();

    input.pipeInput(null, FakeModel.record(1), ahead);

    assertThat(predictions.readRecord().timestamp()).isEqualTo(ahead);
    TestRecord<byte[], byte[]> cutover = audit.readRecord();
    assertThat(cutover.timestamp()).isEqualTo(now.toEpochMilli());
    assertThat(new String(cutover.value(), UTF_8)).endsWith("time=" + ahead + "]");
  }

  @Test
  void shouldChooseTheVersionOfEachRecordByItsTimestampWhereTwoShareThem() {
    // given
    long seed = Long.getLong("penstock.property.seed", 1L);
    Random random = new Random(seed);
    VersionBinding earlier = first.binding().in(3);
    VersionBinding latest = new FakeModel(2).binding().in(4);
    input.pipeInput(null, FakeModel.record(0), 1_000_000L);
    // when
    serving.set(Serving.shared(latest, earlier, 1_001_000));
    List<Long> expected = new ArrayList<>(List.of(1_000_000L));
    for (int i = 1; i <= 100; i++) {
      long timestamp = 1_000_000 + random.nextInt(2_000);
      input.pipeInput(null, FakeModel.record(i), timestamp);
      expected.add((timestamp < 1_001_000 ? 1_000_000L : 2_000_000L) + i);
    }
    serving.set(Serving.all(latest.in(4)));
    input.pipeInput(null, FakeModel.record(101), 1_000_999L);
    expected.add(2_000_101L);
    // then
    assertThat(predictions.readValuesToList())
        .as("seed %d", seed)
        .extracting(FakeModel::predicted)
        .containsExactlyElementsOf(expected);
    assertThat(audit.readValuesToList())
        .as("one cutover a decision, however often versions alternate")
        .extracting(value -> new String(value, UTF_8).replaceAll(", refusedBefore=.*", ""))
        .containsExactly(
            "Cutover[pipeline=numbers, model=fake, topic=in, partition=0, offset=0,"
                + " from=OptionalLong.empty, to=1, epoch=0, effectiveFrom=OptionalLong.empty",
            "Cutover[pipeline=numbers, model=fake, topic=in, partition=0, offset=1,"
                + " from=OptionalLong[1], to=2, epoch=4, effectiveFrom=OptionalLong[1001000]",
            "Cutover[pipeline=numbers, model=fake, topic=in, partition=0, offset=101,"
                + " from=OptionalLong[2], to=2, epoch=4, effectiveFrom=OptionalLong.empty");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void shouldServeStragglersByTheNewVersionOrMakeDeadLettersOfThem(boolean refused) {
    // given
    VersionBinding earlier = first.binding().in(3);
    VersionBinding latest = new FakeModel(2).binding().in(4);
    serving.set(Serving.shared(latest, earlier, 1_001_000));
    input.pipeInput(null, FakeModel.record(1), 1_000_999L);
    // when
    serving.set(Serving.all(latest.in(4)).with(new Stragglers(1_001_000, refused)));
    input.pipeInput(null, FakeModel.record(2), 1_000_999L);
    input.pipeInput(null, FakeModel.record(3), 1_001_000L);
    // then
    assertThat(predictions.readValuesToList())
        .extracting(FakeModel::predicted)
        .isEqualTo(
            refused
                ? List.of(1_000_001L, 2_000_003L)
                : List.of(1_000_001L, 2_000_002L, 2_000_003L));
    assertThat(audit.readValuesToList())
        .extracting(value -> new String(value, UTF_8))
        .last()
        .asString()
        .contains(
            "offset=1, from=OptionalLong[2], to=2, epoch=4, effectiveFrom=OptionalLong.empty,"
                + " refusedBefore="
                + (refused ? "OptionalLong[1001000]" : "OptionalLong.empty"));
    assertThat(statistics.stragglers()).isEqualTo(1);
    assertThat(statistics.deadLetters(DeadLetterReason.STRAGGLER)).isEqualTo(refused ? 1 : 0);
    if (refused) {
      TestRecord<byte[], byte[]> dead = deadLetters.readRecord();
      assertThat(new String(dead.value(), UTF_8))
          .isEqualTo(
              "1 STRAGGLER the record's timestamp 1000999 is before 1001000, from which on fake/2"
                  + " serves, and the version before serves no more (expected: within"
                  + " control.retain-for, by control.stragglers: dead-letter)");
      assertThat(headers(dead))
          .as("no version has served it")
          .containsEntry("penstock-served-by", "pipeline=numbers;model=fake")
          .containsEntry("penstock-reason", "STRAGGLER");
    }
    assertThat(deadLetters.isEmpty()).isTrue();
  }

  /** Version 2 was active in between, and this partition had no records then. */
  @Test
  void shouldAuditALaterEpochOfTheSameVersion() {
    // given
    input.pipeInput(null, FakeModel.record(1), 1_000_010L);
    // when
    serving.set(Serving.all(serving.get().latest().in(7)));
    input.pipeInput(null, FakeModel.record(2), 1_000_011L);
    input.pipeInput(null, FakeModel.record(3), 1_000_012L);
    // then
    assertThat(audit.readValuesToList())
        .extracting(value -> new String(value, UTF_8))
        .hasSize(2)
        .last()
        .isEqualTo(
            "Cutover[pipeline=numbers, model=fake, topic=in, partition=0, offset=1,"
                + " from=OptionalLong[1], to=1, epoch=7, effectiveFrom=OptionalLong.empty, refusedBefore=OptionalLong.empty,"
                + " time=1000011]");
  }

  @Test
  void shouldTakeNoRecordOnceWhatTheFleetServesIsNotKnown() {
    // given
    input.pipeInput(FakeModel.record(1));
    // when
    knownForNanos = 0;
    // then
    assertThatThrownBy(() -> input.pipeInput(FakeModel.record(2)))
        .hasRootCauseInstanceOf(UnknownDecisionsException.class);
    assertThat(predictions.readValuesToList()).hasSize(1);
  }

  @Test
  void shouldNotForwardWhatWasComputedWhileTheProcessStoodStill() {
    // given
    first.beforeRun(() -> knownForNanos = 0);
    knownForNanos = 1;
    // when
    assertThatThrownBy(() -> input.pipeInput(FakeModel.record(1)))
        .isInstanceOf(UnknownDecisionsException.class);
    // then
    assertThat(predictions.isEmpty()).isTrue();
  }

  @Test
  void shouldMakeADeadLetterOfAPredictionThatTheTopicWouldNotTake() {
    // given
    byte[] largeKey = new byte[MAX_BYTES];
    // when
    input.pipeInput(largeKey, FakeModel.record(5));
    // then
    assertThat(predictions.isEmpty()).isTrue();
    TestRecord<byte[], byte[]> dead = deadLetters.readRecord();
    assertThat(new String(dead.value(), UTF_8)).startsWith("0 OVERSIZE_PREDICTION");
    assertThat(dead.key()).isNull();
  }

  @Test
  void shouldFailTheThreadAndNotTheRecordWhenTheModelIsBroken() {
    // given
    first.breakDown();
    // then
    assertThatThrownBy(() -> input.pipeInput(FakeModel.record(1)))
        .isInstanceOf(StreamsException.class)
        .hasMessageContaining("pipeline numbers")
        .hasMessageContaining("version fake/1");
    assertThat(deadLetters.isEmpty()).isTrue();
  }

  @Test
  void shouldTakeARecordWithoutATimestamp() {
    assertThat(new InputTimestamps().extract(record(-1L), -1L)).isZero();
    assertThat(new InputTimestamps().extract(record(-1L), 9L)).isEqualTo(9L);
    assertThat(new InputTimestamps().extract(record(5L), 9L)).isEqualTo(5L);
  }

  private static org.apache.kafka.clients.consumer.ConsumerRecord<Object, Object> record(
      long time) {
    return new org.apache.kafka.clients.consumer.ConsumerRecord<>(
        "in",
        0,
        0L,
        time,
        org.apache.kafka.common.record.TimestampType.CREATE_TIME,
        0,
        0,
        null,
        null,
        new RecordHeaders(),
        java.util.Optional.empty());
  }

  private TestOutputTopic<byte[], byte[]> output(String topic) {
    return driver.createOutputTopic(
        topic, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  private static Map<String, String> headers(TestRecord<byte[], byte[]> record) {
    Map<String, String> map = new java.util.HashMap<>();
    record.headers().forEach(header -> map.put(header.key(), new String(header.value(), UTF_8)));
    return map;
  }

  private final class Decided implements ServingVersion {

    @Override
    public VersionBinding current() {
      return serving().latest();
    }

    @Override
    public Serving serving() {
      return serving.get();
    }

    @Override
    public long knownForNanos(long nowNanos) {
      return knownForNanos;
    }
  }
}

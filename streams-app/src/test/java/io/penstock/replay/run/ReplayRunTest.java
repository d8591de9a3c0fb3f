package io.penstock.replay.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.batching.BatchLimits;
import io.penstock.batching.FakeModel;
import io.penstock.batching.InFlightBudget;
import io.penstock.batching.VersionBinding;
import io.penstock.inference.InferenceSettings;
import io.penstock.inference.InferenceThreads;
import io.penstock.pipeline.ModelFailedException;
import io.penstock.pipeline.PipelineSettings;
import io.penstock.pipeline.ReplayProcessor;
import io.penstock.pipeline.Serving;
import io.penstock.pipeline.Stragglers;
import io.penstock.pipeline.Tombstones;
import io.penstock.replay.ReplayException;
import io.penstock.replay.Transactions;
import io.penstock.replay.timeline.PartitionRange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A whole replay on Kafka's fakes, with a model that says which version has computed. */
class ReplayRunTest {

  private static final int PARTITIONS = 3;
  private static final int IN_FLIGHT = 40;

  private static final Pattern VERSION = Pattern.compile(";version=(\\d+);");

  private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");
  private final MockProducer<byte[], byte[]> producer =
      new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
  private final OutcomeTransactions outcomes =
      new OutcomeTransactions(Transactions.of(producer, "id"), System::nanoTime);
  private final InferenceThreads inference =
      InferenceThreads.start(new InferenceSettings(2, 2), reason -> {});
  private final FakeModel one = new FakeModel(1);
  private final VersionBinding first = one.binding();
  private final VersionBinding second = new FakeModel(2).binding();
  private final Map<Integer, List<ConsumerRecord<byte[], byte[]>>> input = new TreeMap<>();

  @AfterEach
  void stop() {
    inference.close();
  }

  /** Every record within the ranges, and nothing else, in its order and by its version. */
  @Test
  void shouldComputeEachRecordByWhatThePlanSaysInItsOrder() {
    long firstSeed = Long.getLong("penstock.property.seed", 1L);
    Random random = new Random(firstSeed);
    fill(random, 700);
    // Up to offset 200 by version 1, then by both, then by version 2 without stragglers.
    Serving both = Serving.shared(second, first, 1_000_500);
    Serving refusing = Serving.all(second).with(new Stragglers(1_000_500, true));
    ReplayRun.PlannedServing plan =
        (partition, offset) -> offset < 200 ? Serving.all(first) : offset < 500 ? both : refusing;
    List<PartitionRange> ranges =
        List.of(new PartitionRange(0, 0, 700), new PartitionRange(2, 150, 650));

    List<String> progress = new ArrayList<>();
    replay(plan, Optional.of("dead"), ranges, (read, all) -> progress.add(read + "/" + all));

    for (PartitionRange range : ranges) {
      List<String> expected = new ArrayList<>();
      for (ConsumerRecord<byte[], byte[]> record : input.get(range.partition())) {
        if (record.offset() >= range.from() && record.offset() < range.until()) {
          expected.add(expected(record, plan.at(record.partition(), record.offset())));
        }
      }
      assertThat(outcomesOf(range.partition()))
          .as("seed %d, partition %d", firstSeed, range.partition())
          .isEqualTo(expected);
    }
    assertThat(outcomesOf(1)).as("outside of the ranges").isEmpty();
    assertThat(progress).last().isEqualTo("1200/1200");
  }

  private static String expected(ConsumerRecord<byte[], byte[]> record, Serving served) {
    VersionBinding by = served.at(record.timestamp());
    byte[] value = record.value();
    boolean refused =
        value != null
            && served.stragglers().refused()
            && record.timestamp() < served.stragglers().beforeMillis();
    String source =
        "in-%d@%d by %s at %d: "
            .formatted(
                record.partition(),
                record.offset(),
                refused ? "none" : by.id().version(),
                record.timestamp());
    if (refused) {
      return source + "dead STRAGGLER";
    }
    return value == null
        ? source + "dead NULL_VALUE"
        : value.length == 8
            ? source + (by.id().version() * 1_000_000 + FakeModel.predicted(value))
            : source + "dead MALFORMED";
  }

  /** Predictions and dead letters of a partition, merged by the inputs that they name. */
  private List<String> outcomesOf(int partition) {
    List<String> described = new ArrayList<>();
    long last = -1;
    Map<Long, String> byOffset = new TreeMap<>();
    for (String topic : List.of("to", "dead")) {
      for (ProducerRecord<byte[], byte[]> outcome : producer.history()) {
        if (outcome.topic().equals(topic) && outcome.partition() == partition) {
          String source = header(outcome, "penstock-input");
          long offset = Long.parseLong(source.substring(source.indexOf('@') + 1));
          assertThat(offset).as("order in %s-%d", topic, partition).isGreaterThan(last);
          last = offset;
          byOffset.put(offset, describe(outcome, source));
        }
      }
      last = -1;
    }
    described.addAll(byOffset.values());
    return described;
  }

  private static String describe(ProducerRecord<byte[], byte[]> outcome, String source) {
    Matcher version = VERSION.matcher(header(outcome, "penstock-served-by"));
    return "%s by %s at %d: %s"
        .formatted(
            source,
            version.find() ? version.group(1) : "none",
            outcome.timestamp(),
            outcome.topic().equals("to")
                ? String.valueOf(FakeModel.predicted(outcome.value()))
                : "dead " + header(outcome, "penstock-reason"));
  }

  private static String header(ProducerRecord<byte[], byte[]> outcome, String name) {
    Header header = outcome.headers().lastHeader(name);
    assertThat(header).as("%s of %s", name, outcome).isNotNull();
    return new String(header.value(), UTF_8);
  }

  @Test
  void shouldCountDeadLettersThatAreNotToBeWritten() {
    add(0, 0, FakeModel.record(7));
    add(0, 1, new byte[] {1});

    ReplayReport report =
        replay(
            (partition, offset) -> Serving.all(first),
            Optional.empty(),
            List.of(new PartitionRange(0, 0, 2)),
            (read, all) -> {});

    assertThat(producer.history()).hasSize(1);
    assertThat(report.records()).isEqualTo(2);
    assertThat(report.predictions()).isEqualTo(1);
    assertThat(report.deadLetters()).hasToString("{MALFORMED=1}");
    assertThat(report.deadLetterCount()).isEqualTo(1);
  }

  @Test
  void shouldTakeNoMoreThanMayBeInFlight() {
    CountDownLatch goOn = new CountDownLatch(1);
    one.beforeRun(() -> await(goOn));
    try (ReplayProcessor processor = processor(Optional.empty())) {
      for (long offset = 0; !processor.isFull(); offset++) {
        processor.process(record(0, offset, 0, FakeModel.record(offset)), Serving.all(first));
      }
      assertThat(processor.statistics().inFlightRecords()).isEqualTo(IN_FLIGHT);

      goOn.countDown();
      processor.sealAll();
      while (!processor.isIdle()) {
        processor.await(Duration.ofMillis(50));
      }
      assertThat(processor.isFull()).isFalse();
    }
    outcomes.commit();
    assertThat(producer.history()).hasSize(IN_FLIGHT);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void shouldStopWithAVersionThatFails() {
    add(0, 0, FakeModel.record(7));
    one.breakDown();

    assertThatThrownBy(
            () ->
                replay(
                    (partition, offset) -> Serving.all(first),
                    Optional.empty(),
                    List.of(new PartitionRange(0, 0, 1)),
                    (read, all) -> {}))
        .isInstanceOf(ReplayException.class)
        .hasCauseInstanceOf(ModelFailedException.class)
        .hasMessageStartingWith(
            "The replay has failed, with nothing written: pipeline numbers, in-0@0: version fake/1"
                + " (f1) failed: ");
    assertThat(producer.history()).isEmpty();
  }

  @Test
  void shouldSayWhyOutcomesWereNotTaken() {
    add(0, 0, FakeModel.record(7));
    producer.commitTransactionException = new KafkaException("fenced");

    assertThatThrownBy(
            () ->
                replay(
                    (partition, offset) -> Serving.all(first),
                    Optional.empty(),
                    List.of(new PartitionRange(0, 0, 1)),
                    (read, all) -> {}))
        .isInstanceOf(ReplayException.class)
        .hasMessage(
            "The replay has failed, with nothing written: A transaction was not taken: fenced");
  }

  @Test
  void shouldSayWhatIsCommittedWhenItFailsMidway() {
    // given
    outcomes.send(new ProducerRecord<>("to", new byte[] {1}));
    outcomes.commit();
    add(0, 0, FakeModel.record(7));
    one.breakDown();

    // when, then
    assertThatThrownBy(
            () ->
                replay(
                    (partition, offset) -> Serving.all(first),
                    Optional.empty(),
                    List.of(new PartitionRange(0, 0, 1)),
                    (read, all) -> {}))
        .hasMessageStartingWith(
            "The replay has failed, with 1 outcomes committed (make the topic anew before the next"
                + " try): pipeline numbers, in-0@0: version fake/1");
  }

  @Test
  void shouldNotTellForCertainWhatBrokersHaveNotSaid() {
    add(0, 0, FakeModel.record(7));
    producer.commitTransactionException = new TimeoutException("late");

    assertThatThrownBy(
            () ->
                replay(
                    (partition, offset) -> Serving.all(first),
                    Optional.empty(),
                    List.of(new PartitionRange(0, 0, 1)),
                    (read, all) -> {}))
        .hasMessage(
            "The replay has failed, with 0 outcomes committed (make the topic anew before the next"
                + " try): brokers have not said whether they have the last 1 outcomes");
  }

  @Test
  void shouldSayHowFarItHasComeWhenNoRecordsCome() {
    add(0, 0, FakeModel.record(7));

    assertThatThrownBy(
            () ->
                replay(
                    (partition, offset) -> Serving.all(first),
                    Optional.empty(),
                    List.of(new PartitionRange(0, 0, 5)),
                    (read, all) -> {}))
        .hasCauseInstanceOf(TimeoutException.class)
        .hasMessageContaining(
            "No records for PT1M: in-0 is read up to offset 1 (expected: 5). See whether");
  }

  private ReplayReport replay(
      ReplayRun.PlannedServing plan,
      Optional<String> deadLetters,
      List<PartitionRange> ranges,
      ReplayRun.Progress progress) {
    deliver(ranges);
    try (ReplayProcessor processor = processor(deadLetters)) {
      new ReplayRun("in", consumer, plan, processor, outcomes, progress).over(ranges);
      return ReplayReport.of(ranges, processor.statistics(), new TreeMap<>());
    }
  }

  private ReplayProcessor processor(Optional<String> deadLetters) {
    PipelineSettings settings =
        new PipelineSettings(
            "numbers",
            new PipelineSettings.Topics("in", Uuid.ZERO_UUID, PARTITIONS, "to", "dead", "audit"),
            Tombstones.DEAD_LETTER,
            new BatchLimits(8, 1 << 20, Duration.ofMillis(5), null, IN_FLIGHT, 1 << 20),
            new PipelineSettings.SizeLimits(4096, 4096),
            new PipelineSettings.WaitLimits(1, 1, Duration.ofMillis(1)));
    return new ReplayProcessor(
        settings,
        new ReplayProcessor.Targets(
            new ReplayProcessor.Target("to", PARTITIONS),
            deadLetters.map(topic -> new ReplayProcessor.Target(topic, PARTITIONS))),
        InFlightBudget.unlimited(),
        inference,
        (record, maxBytes) -> record.reason().name().getBytes(UTF_8),
        System::nanoTime,
        outcomes::send);
  }

  /** In polls of a hundred offsets; more than was asked for, as brokers do. */
  private void deliver(List<PartitionRange> ranges) {
    for (int poll = 0; poll * 100 < 1_000; poll++) {
      long from = poll * 100L;
      consumer.schedulePollTask(
          () -> {
            for (PartitionRange range : ranges) {
              if (consumer.assignment().contains(new TopicPartition("in", range.partition()))) {
                input.get(range.partition()).stream()
                    .filter(record -> record.offset() >= from && record.offset() < from + 100)
                    .forEach(consumer::addRecord);
              }
            }
          });
    }
  }

  private void fill(Random random, int records) {
    for (int partition = 0; partition < PARTITIONS; partition++) {
      for (int offset = 0; offset < records; offset++) {
        byte[] value =
            switch (random.nextInt(20)) {
              case 0 -> null;
              case 1 -> new byte[] {9, 9};
              default -> FakeModel.record(random.nextInt(1_000));
            };
        input
            .computeIfAbsent(partition, p -> new ArrayList<>())
            .add(record(partition, offset, 1_000_000 + random.nextInt(1_000), value));
      }
    }
  }

  private void add(int partition, long offset, byte[] value) {
    input
        .computeIfAbsent(partition, p -> new ArrayList<>())
        .add(record(partition, offset, 1_000_000, value));
  }

  private static ConsumerRecord<byte[], byte[]> record(
      int partition, long offset, long timestamp, byte @Nullable [] value) {
    return new ConsumerRecord<>(
        "in",
        partition,
        offset,
        timestamp,
        TimestampType.CREATE_TIME,
        -1,
        value == null ? -1 : value.length,
        null,
        value,
        new RecordHeaders(),
        Optional.empty());
  }
}

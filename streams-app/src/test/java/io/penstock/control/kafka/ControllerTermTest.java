package io.penstock.control.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.config.ControlTopics;
import io.penstock.control.Now;
import io.penstock.control.ProtocolLevel;
import io.penstock.control.message.ControlMessages;
import io.penstock.control.message.Decoded;
import io.penstock.schemas.AuditEvent;
import io.penstock.schemas.ControlPosition;
import io.penstock.schemas.InstanceReport;
import io.penstock.schemas.Preparation;
import io.penstock.schemas.Readiness;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A term over topics in memory; its clock stands still. */
final class ControllerTermTest {

  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

  private final ControlPlaneSettings settings = new ControlPlaneSettings("s", "a", Map.of());
  private final ControlTopics topics = settings.topics();
  private final MockConsumer<String, byte[]> commands = consumer(topics.control());
  private final DatedConsumer reports = consumer(topics.reports());
  private final MockConsumer<String, byte[]> decisions = consumer(topics.decisions());
  private final RefusingProducer producer = new RefusingProducer();
  private @Nullable String controlId = "first";
  private final ControllerTerm term =
      new ControllerTerm(
          settings,
          ControlMessages.jsonOnly(),
          () -> new Now(NOW, 0),
          commands,
          () -> controlId,
          producer,
          new TopicTail(reports, topics.reports()),
          new TopicTail(decisions, topics.decisions()));

  @Test
  void shouldReadEveryReportBeforeItActivates() {
    term.begin();
    report(0, "a", null);
    command(0, "{'promote':{'model':'digits','version':1}}");
    assertThat(answers()).containsExactly("PREPARE");
    // Who is ready comes before who has joined, and one poll gets no further
    reports.setMaxPollRecords(1);
    report(1, "a", Readiness.READY);
    report(2, "b", null);

    term.turn(List.of());

    assertThat(answers()).containsExactly("PREPARE");
    report(3, "b", Readiness.READY);
    term.turn(List.of());
    assertThat(answers()).containsExactly("PREPARE", "ACTIVATED");
  }

  /** Reports of hours may stand before these, and of instances that are gone. */
  @Test
  void shouldKnowOfWhoHasReportedLatelyOnly() {
    report(0, "gone", null);
    report(1, "a", null);
    reports.firstSince.put(NOW.minus(Duration.ofMinutes(2)).toEpochMilli(), 1L);
    term.begin();
    command(0, "{'promote':{'model':'digits','version':1}}");
    report(2, "a", Readiness.READY);

    term.turn(List.of());

    assertThat(answers()).containsExactly("PREPARE", "ACTIVATED");
  }

  /** Whose topics take less than by default. */
  @Test
  void shouldRejectACommandWhoseAnswerATopicDoesNotTake() {
    term.begin();
    report(0, "a", null);
    producer.refuses = true;

    command(0, "{'promote':{'model':'digits','version':1}}");
    command(1, "{'promote':{'model':'digits','version':2}}");

    assertThat(answers()).containsExactly("REJECTED", "PREPARE");
  }

  @Test
  void shouldGiveUpAPromotionWhoseActivationATopicDoesNotTake() {
    term.begin();
    report(0, "a", null);
    command(0, "{'promote':{'model':'digits','version':1}}");
    report(1, "a", Readiness.READY);
    producer.refuses = true;

    term.turn(List.of());
    command(1, "{'promote':{'model':'digits','version':2}}");

    assertThat(answers()).containsExactly("PREPARE", "ABORTED", "PREPARE");
  }

  /** Compaction drops what is covered, and the next takeover may come later than that. */
  @Test
  void shouldWriteAgainWhatIsCoveredWhileItIsInOffice() {
    term.begin();
    report(0, "a", null);
    command(6, "{'promote':{'model':'digits','version':1}}");
    int written = producer.history().size();
    append(decisions, topics.decisions(), 0, "digits", utf8("noise"));
    append(decisions, topics.decisions(), 1, DecisionsReader.POSITION_KEY, utf8("noise"));

    term.turn(List.of());
    term.turn(List.of());

    List<ProducerRecord<String, byte[]>> again =
        producer.history().subList(written, producer.history().size());
    assertThat(again)
        .extracting(ProducerRecord::key)
        .containsExactly("digits", DecisionsReader.POSITION_KEY);
    assertThat(ControlMessages.jsonOnly().position(again.get(1).value()))
        .isInstanceOfSatisfying(
            Decoded.Message.class,
            message -> assertThat(message.value()).isEqualTo(new ControlPosition(7L, "first")));
  }

  /** However many commands it has: those before the position would have no answer. */
  @Test
  void shouldNotBeginWithAControlTopicThatWasMadeAnew() {
    append(decisions, topics.decisions(), 0, DecisionsReader.POSITION_KEY, position(3, "former"));
    commands.updateEndOffsets(Map.of(new TopicPartition(topics.control(), 0), 9L));

    assertThatThrownBy(term::begin)
        .isInstanceOf(ControlPlaneException.class)
        .hasMessageContainingAll(
            topics.control() + "-0 was deleted and created again: its id is first",
            "expected: former, of which commands up to offset 3 were answered",
            "do the same with " + topics.decisions());
  }

  @Test
  void shouldBeginWithAPositionOfAReleaseThatKeptNoId() {
    assertBeginsAt(3, utf8("{\"next\":3}"));
  }

  @Test
  void shouldBeginWhereBrokersTellNoIds() {
    controlId = null;
    assertBeginsAt(4, position(4, "former"));
  }

  private void assertBeginsAt(long offset, byte[] position) {
    TopicPartition control = new TopicPartition(topics.control(), 0);
    commands.updateEndOffsets(Map.of(control, 9L));
    append(decisions, topics.decisions(), 0, DecisionsReader.POSITION_KEY, position);

    term.begin();

    assertThat(commands.position(control)).isEqualTo(offset);
  }

  private static byte[] position(long next, String topicId) {
    return ControlMessages.encode(new ControlPosition(next, topicId));
  }

  /** By a controller that took it, or by whoever may write there. */
  @Test
  void shouldGoOnWhateverTimeADecisionHas() {
    String shared =
        "{'model':'reviews','phase':'ACTIVE','active':2,'previous':1,'epoch':4,'time':0,"
            + "'activeFrom':'+1000000000-12-31T23:59:59.999Z','protocolLevel':4,"
            + "'timeline':[{'version':1,'epoch':3},{'version':2,'epoch':4}]}";
    append(decisions, topics.decisions(), 0, "reviews", utf8(shared));
    term.begin();
    report(0, "a", null);

    command(0, "{'promote':{'model':'digits','version':1}}");

    assertThat(answers()).containsExactly("PREPARE");
  }

  @Test
  void shouldNotBeTheControllerOfWhatItDoesNotUnderstand() {
    String beyond =
        "{'model':'digits','phase':'SCHEDULED','epoch':4,'time':0,'protocolLevel':%d}"
            .formatted(ProtocolLevel.CURRENT + 1);
    append(decisions, topics.decisions(), 0, "digits", utf8(beyond));

    assertThatThrownBy(term::begin)
        .isInstanceOf(ControlPlaneException.class)
        .hasMessageStartingWith("what is decided about model digits takes protocol level");
    assertThat(producer.history()).as("nothing is written over it").isEmpty();
  }

  private void command(long offset, String json) {
    term.turn(List.of(new ConsumerRecord<>(topics.control(), 0, offset, null, utf8(json))));
  }

  private void report(long offset, String instance, @Nullable Readiness readiness) {
    InstanceReport report =
        InstanceReport.newBuilder()
            .setInstance(instance)
            .setModel("digits")
            .setTime(NOW)
            .setProtocolLevel(ProtocolLevel.CURRENT)
            .setHeartbeat(offset)
            .setVersions(List.of())
            .setAspired(List.of(1L, 2L))
            .setPipelines(List.of())
            .setPreparation(readiness == null ? null : new Preparation(0L, 1L, readiness, null))
            .build();
    append(reports, topics.reports(), offset, instance + "/digits", ControlMessages.encode(report));
  }

  /** Of a topic that is empty. */
  private static DatedConsumer consumer(String topic) {
    DatedConsumer consumer = new DatedConsumer();
    Map<TopicPartition, Long> start = Map.of(new TopicPartition(topic, 0), 0L);
    consumer.assign(start.keySet());
    consumer.updateBeginningOffsets(start);
    consumer.updateEndOffsets(start);
    return consumer;
  }

  private static void append(
      MockConsumer<String, byte[]> topic, String name, long offset, String key, byte[] value) {
    topic.updateEndOffsets(Map.of(new TopicPartition(name, 0), offset + 1));
    topic.addRecord(new ConsumerRecord<>(name, 0, offset, key, value));
  }

  private static byte[] utf8(String text) {
    return text.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
  }

  /** What the audit says, in one word each. */
  private List<String> answers() {
    return producer.history().stream()
        .filter(record -> record.topic().equals(topics.audit()))
        .map(record -> ControlMessages.jsonOnly().auditEvent(record.value()))
        .map(decoded -> ((Decoded.Message<AuditEvent>) decoded).value())
        .map(
            event ->
                event.getRejected() == null ? event.getDecided().getOutcome().name() : "REJECTED")
        .toList();
  }

  /** One whose next transaction is refused by a topic, if the test says so. */
  private static final class RefusingProducer extends MockProducer<String, byte[]> {
    private boolean refuses;

    RefusingProducer() {
      super(true, null, new StringSerializer(), new ByteArraySerializer());
    }

    @Override
    public void commitTransaction() {
      if (refuses) {
        refuses = false;
        throw new KafkaException("in error state", new RecordTooLargeException("too large"));
      }
      super.commitTransaction();
    }
  }
}

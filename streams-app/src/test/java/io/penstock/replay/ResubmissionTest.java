package io.penstock.replay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class ResubmissionTest {

  private final MockProducer<byte[], byte[]> producer =
      new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());

  @Test
  void shouldSendRecordsAsTheyWere() {
    Resubmission resubmission = resubmission(Map.of(), false);

    resubmission.send(letter(2, 7));
    assertThat(producer.history()).as("before the transaction is worth it").isEmpty();
    resubmission.sendWaiting();

    ProducerRecord<byte[], byte[]> sent = producer.history().get(0);
    assertThat(sent.topic()).isEqualTo("in");
    assertThat(sent.timestamp()).isEqualTo(1_000_007L);
    assertThat(sent.value()).asString().isEqualTo("v7");
    assertThat(sent.headers().lastHeader("penstock-replayed-from").value())
        .asString()
        .isEqualTo("dead-2@7");
    assertThat(resubmission.sent()).isEqualTo(1);
  }

  @Test
  void shouldGiveRecordsTheTimeOfTheReplayWhereThatIsAskedFor() {
    Resubmission resubmission = resubmission(Map.of(), true);

    resubmission.send(letter(0, 7));
    resubmission.sendWaiting();

    assertThat(producer.history().get(0).timestamp()).as("left to the producer").isNull();
  }

  @Test
  void shouldKnowToTheLetterWhatIsSentWhenATransactionFails() {
    // given
    Resubmission resubmission = resubmission(Map.of(), false);
    for (int i = 0; i < Resubmission.LETTERS_PER_TRANSACTION; i++) {
      resubmission.send(letter(i % 2, i));
    }
    resubmission.send(letter(0, 900));
    producer.commitTransactionException = new KafkaException("fenced");

    // when, then
    assertThatThrownBy(resubmission::sendWaiting)
        .isInstanceOf(ReplayException.class)
        .hasMessage("A transaction was not taken: fenced");
    assertThat(resubmission.isInDoubt()).isFalse();
    assertThat(producer.history()).hasSize(500);
    assertThat(resubmission.sent()).isEqualTo(500);
    assertThat(resubmission.whereToGoOn()).isEqualTo("--after 0@498 --after 1@499");
  }

  @Test
  void shouldGoOnBehindWhatEarlierRunsHaveSent() {
    // given a second run, which goes on behind where the first has failed
    Resubmission resubmission = resubmission(Map.of(0, 200L, 1, 80L, 2, 7L), false);
    assertThat(resubmission.whereToGoOn()).isEqualTo("--after 0@200 --after 1@80 --after 2@7");

    // when it comes no further than the first partition
    resubmission.send(letter(0, 300));
    resubmission.sendWaiting();

    // then
    assertThat(resubmission.whereToGoOn()).isEqualTo("--after 0@300 --after 1@80 --after 2@7");
  }

  @Test
  void shouldNameTheLettersThatNobodyKnowsOf() {
    Resubmission resubmission = resubmission(Map.of(), false);
    resubmission.send(letter(0, 3));
    resubmission.send(letter(1, 4));
    producer.commitTransactionException = new TimeoutException("late");

    assertThatThrownBy(resubmission::sendWaiting)
        .hasMessageStartingWith(
            "Brokers have not said whether they have the letters from 0@3 to 1@4");
    assertThat(resubmission.sent()).isZero();
    assertThat(resubmission.isInDoubt()).isTrue();
  }

  @Test
  void shouldNameTheLetterThatBrokersDoNotTake() {
    // given
    MockProducer<byte[], byte[]> strict =
        new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer()) {
          @Override
          public Future<RecordMetadata> send(
              ProducerRecord<byte[], byte[]> record, Callback callback) {
            Future<RecordMetadata> sent = super.send(record, callback);
            boolean isTooLarge = new String(record.value(), UTF_8).equals("v4");
            var unused =
                isTooLarge ? errorNext(new RecordTooLargeException("too large")) : completeNext();
            return sent;
          }
        };
    Resubmission resubmission =
        new Resubmission("dead", Transactions.of(strict, "id"), Map.of(), false);
    for (int offset = 3; offset < 6; offset++) {
      resubmission.send(letter(1, offset));
    }

    // when, then
    assertThatThrownBy(resubmission::sendWaiting)
        .hasMessage("The letter dead-1@4 was not taken: too large");
    assertThat(resubmission.whereToGoOn()).isEmpty();
  }

  private Resubmission resubmission(Map<Integer, Long> after, boolean newTimestamps) {
    return new Resubmission("dead", Transactions.of(producer, "id"), after, newTimestamps);
  }

  private static StoredLetter letter(int partition, long offset) {
    return Letters.of("p", "MALFORMED", partition, offset);
  }
}

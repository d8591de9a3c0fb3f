package io.penstock.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.replay.Transactions.Commit;
import java.time.Duration;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TransactionAbortedException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TransactionsTest {

  private final FakeProducer producer = new FakeProducer();

  /** Takes a record when it is told to; some commits time out; remembers how it was closed. */
  private static final class FakeProducer extends MockProducer<byte[], byte[]> {

    private int commitsThatTimeOut;
    private @Nullable Duration closing;

    FakeProducer() {
      super(false, null, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public void commitTransaction() {
      if (commitsThatTimeOut-- > 0) {
        throw new TimeoutException("late");
      }
      super.commitTransaction();
    }

    @Override
    public void close() {
      close(Duration.ofMillis(Long.MAX_VALUE));
    }

    @Override
    public void close(Duration timeout) {
      closing = timeout;
      super.close(timeout);
    }
  }

  @Test
  void shouldGiveUpWithinSecondsWhatIsNotCommitted() {
    Transactions transactions = Transactions.of(producer, "id");
    send(transactions, "a");

    transactions.close();

    assertThat(producer.closing).isLessThanOrEqualTo(Duration.ofSeconds(10));
    assertThat(producer.history()).isEmpty();
  }

  @Test
  void shouldCloseTheProducerWhoseTransactionsMayNotBegin() {
    producer.initTransactionException = new TransactionalIdAuthorizationException("Not allowed.");

    assertThatThrownBy(() -> Transactions.of(producer, "s-p-replay"))
        .isInstanceOf(ReplayException.class)
        .hasMessage(
            "Transactions of the id s-p-replay cannot begin: Not allowed. To see what it takes:"
                + " penstock acls --role replayer");
    assertThat(producer.closed()).isTrue();
  }

  @Test
  void shouldCountWhatIsCommitted() {
    Transactions transactions = Transactions.of(producer, "id");
    send(transactions, "a");
    send(transactions, "b");
    assertThat(transactions.uncommitted()).isEqualTo(2);

    assertThat(transactions.commit()).isEqualTo(Commit.DONE);
    send(transactions, "c");

    assertThat(transactions.committed()).isEqualTo(2);
    assertThat(transactions.uncommitted()).isEqualTo(1);
    assertThat(producer.history()).hasSize(2);
  }

  /** Those after it come back with what became of the transaction, which explains nothing. */
  @Test
  void shouldNameTheFirstThatWasNotTaken() {
    Transactions transactions = Transactions.of(producer, "id");
    send(transactions, "a");
    send(transactions, "b");
    send(transactions, "c");
    producer.completeNext();
    producer.errorNext(new RecordTooLargeException("2 MB are too much"));
    producer.errorNext(new TransactionAbortedException("aborted"));

    assertThatThrownBy(transactions::commit)
        .isInstanceOf(ReplayException.class)
        .hasMessage("b was not taken: 2 MB are too much");
    assertThat(producer.history()).isEmpty();
    assertThat(transactions.committed()).isZero();
  }

  @Test
  void shouldSayWhyATransactionWasNotTaken() {
    Transactions transactions = Transactions.of(producer, "id");
    send(transactions, "a");
    producer.commitTransactionException = new KafkaException("fenced");

    assertThatThrownBy(transactions::commit).hasMessage("A transaction was not taken: fenced");
  }

  @Test
  void shouldAskAgainWhetherWhatTimedOutIsCommitted() {
    Transactions transactions = Transactions.of(producer, "id");
    send(transactions, "a");
    producer.commitsThatTimeOut = 1;

    assertThat(transactions.commit()).isEqualTo(Commit.DONE);
    assertThat(transactions.committed()).isEqualTo(1);
  }

  @Test
  void shouldNotCallCommittedOrRefusedWhatNobodyKnowsOf() {
    Transactions transactions = Transactions.of(producer, "id");
    send(transactions, "a");
    producer.commitsThatTimeOut = 2;

    assertThat(transactions.commit()).isEqualTo(Commit.UNKNOWN);
    assertThat(transactions.committed()).isZero();
    assertThat(transactions.uncommitted()).isEqualTo(1);
  }

  private static void send(Transactions transactions, String name) {
    transactions.send(new ProducerRecord<>("out", new byte[] {1}), () -> name);
  }
}

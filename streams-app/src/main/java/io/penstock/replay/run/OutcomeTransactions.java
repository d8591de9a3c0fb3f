package io.penstock.replay.run;

import io.penstock.replay.ReplayException;
import io.penstock.replay.Transactions;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Writes outcomes in short transactions, so that readers of committed records see whole ones only.
 * Not thread-safe.
 */
public final class OutcomeTransactions implements AutoCloseable {

  private static final long LONGEST_NANOS = Duration.ofSeconds(1).toNanos();
  private static final int MOST_OUTCOMES = 20_000;

  private final Transactions transactions;
  private final LongSupplier clock;
  private long openedNanos;
  private boolean inDoubt;

  /**
   * Outcomes by these transactions, which are closed with them.
   *
   * @param clock a monotonic clock in nanoseconds
   */
  public OutcomeTransactions(Transactions transactions, LongSupplier clock) {
    this.transactions = transactions;
    this.clock = clock;
  }

  /**
   * Sends an outcome.
   *
   * @throws ReplayException if brokers have not taken this or an earlier one
   */
  public void send(ProducerRecord<byte[], byte[]> outcome) {
    if (transactions.uncommitted() == 0) {
      openedNanos = clock.getAsLong();
    }
    String topic = outcome.topic();
    transactions.send(outcome, () -> "An outcome for " + topic);
  }

  /** Commits what was sent once it is much, or a second old. To be called now and then. */
  public void commitIfDue() {
    int uncommitted = transactions.uncommitted();
    if (uncommitted >= MOST_OUTCOMES
        || (uncommitted > 0 && clock.getAsLong() - openedNanos >= LONGEST_NANOS)) {
      commit();
    }
  }

  /**
   * Commits what was sent.
   *
   * @throws ReplayException if it is not committed, or it is not known whether it is
   */
  public void commit() {
    if (transactions.commit() == Transactions.Commit.UNKNOWN) {
      inDoubt = true;
      throw new ReplayException(
          "brokers have not said whether they have the last %d outcomes"
              .formatted(transactions.uncommitted()));
    }
  }

  /** Why a replay has failed, with what it leaves behind and what to do about that. */
  ReplayException failed(RuntimeException why) {
    return new ReplayException(
        "The replay has failed, with %s: %s".formatted(leftBehind(), why.getMessage()), why);
  }

  private String leftBehind() {
    return transactions.committed() == 0 && !inDoubt
        ? "nothing written"
        : "%d outcomes committed (make the topic anew before the next try)"
            .formatted(transactions.committed());
  }

  /** Gives up what is not committed. */
  @Override
  public void close() {
    transactions.close();
  }
}

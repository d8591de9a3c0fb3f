package io.penstock.replay.run;

import io.penstock.replay.ReplayException;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Writes outcomes in short transactions, so that readers of committed records see whole ones only,
 * and of two replays with one id the later stops the earlier. Not thread-safe.
 */
public final class OutcomeTransactions implements AutoCloseable {

  private static final long LONGEST_NANOS = Duration.ofSeconds(1).toNanos();
  private static final int MOST_OUTCOMES = 20_000;

  private final Producer<byte[], byte[]> producer;
  private final LongSupplier clock;
  private boolean open;
  private long openedNanos;
  private int sent;
  private long committed;

  /** The last that could not be sent; set by the producer's thread. */
  private volatile @Nullable Exception failure;

  /**
   * Transactions of a producer that has an id for them.
   *
   * @param clock a monotonic clock in nanoseconds
   */
  public OutcomeTransactions(Producer<byte[], byte[]> producer, LongSupplier clock) {
    this.producer = producer;
    this.clock = clock;
    producer.initTransactions();
  }

  /**
   * Sends an outcome.
   *
   * @throws ReplayException if brokers do not take it
   */
  public void send(ProducerRecord<byte[], byte[]> outcome) {
    try {
      if (!open) {
        producer.beginTransaction();
        open = true;
        openedNanos = clock.getAsLong();
      }
      var unused =
          producer.send(
              outcome,
              (metadata, refused) -> {
                if (refused != null) {
                  failure = refused;
                }
              });
      sent++;
    } catch (KafkaException e) {
      throw notTaken(e);
    }
  }

  /** Commits what was sent once it is much, or a second old. To be called now and then. */
  public void commitIfDue() {
    if (open && (sent >= MOST_OUTCOMES || clock.getAsLong() - openedNanos >= LONGEST_NANOS)) {
      commit();
    }
  }

  /**
   * Commits what was sent.
   *
   * @throws ReplayException if it is not committed, or it is not known whether it is
   */
  public void commit() {
    if (!open) {
      return;
    }
    try {
      commitOrAskAgain();
    } catch (KafkaException e) {
      throw notTaken(e);
    }
    open = false;
    committed += sent;
    sent = 0;
  }

  /** A commit that timed out may be asked for again, and only so becomes known. */
  private void commitOrAskAgain() {
    try {
      producer.commitTransaction();
    } catch (TimeoutException e) {
      producer.commitTransaction();
    }
  }

  private ReplayException notTaken(KafkaException e) {
    Exception first = failure;
    Exception why = first == null ? e : first;
    return new ReplayException(
        "Outcomes were not taken: %s. %d are committed; make the topic anew before the next try"
            .formatted(why.getMessage(), committed),
        why);
  }

  /** Gives up what is not committed. */
  @Override
  public void close() {
    producer.close();
  }
}

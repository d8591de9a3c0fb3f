package io.penstock.replay;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * The transactions of a command, one after the other: brokers have the whole of one or nothing of
 * it, and of two commands with one id the later stops the earlier. After a failure there is nothing
 * left to do but to close them. Not thread-safe.
 */
public final class Transactions implements AutoCloseable {

  /**
   * For a transaction to be given up. Where no broker answers it is left open, and ends by {@code
   * transaction.timeout.ms} or by the next command with its id.
   */
  private static final Duration CLOSING = Duration.ofSeconds(10);

  private final Producer<byte[], byte[]> producer;
  private int uncommitted;
  private long committed;

  /**
   * The first record that was not taken, which is why those after it were not; set by the
   * producer's thread.
   */
  private final AtomicReference<@Nullable ReplayException> refusal = new AtomicReference<>();

  /** What is known of a commit that has not failed. */
  public enum Commit {
    /** Brokers have what was sent. */
    DONE,
    /** They have not said whether they have it. */
    UNKNOWN
  }

  private Transactions(Producer<byte[], byte[]> producer) {
    this.producer = producer;
  }

  /**
   * Transactions with that id, which nobody else has from now on.
   *
   * @param kafka the pipeline's Kafka keys
   * @throws ReplayException if brokers do not let them begin
   */
  public static Transactions open(
      Map<String, String> kafka, String clientId, String transactionalId) {
    return of(
        new KafkaProducer<>(
            ReplayKeys.ofProducer(kafka, clientId, transactionalId),
            new ByteArraySerializer(),
            new ByteArraySerializer()),
        transactionalId);
  }

  /** The same, by a producer that has that id; closes it if that fails. */
  public static Transactions of(Producer<byte[], byte[]> producer, String transactionalId) {
    try {
      producer.initTransactions();
    } catch (KafkaException e) {
      producer.close(Duration.ZERO);
      throw new ReplayException(
          "Transactions of the id %s cannot begin: %s%s"
              .formatted(
                  transactionalId,
                  e.getMessage(),
                  e instanceof AuthorizationException
                      ? " To see what it takes: penstock acls --role replayer"
                      : ""),
          e);
    }
    return new Transactions(producer);
  }

  /**
   * Sends a record in the transaction that is open, or begins one.
   *
   * @param name what the record is, for the message if it is not taken
   * @throws ReplayException if brokers have not taken this or an earlier one
   */
  public void send(ProducerRecord<byte[], byte[]> record, Supplier<String> name) {
    try {
      if (uncommitted == 0) {
        producer.beginTransaction();
      }
      uncommitted++;
      var unused =
          producer.send(
              record,
              (metadata, why) -> {
                if (why != null) {
                  refusal.compareAndSet(null, notTaken(name.get(), why));
                }
              });
    } catch (KafkaException e) {
      throw notTaken(e);
    }
  }

  /**
   * Commits what was sent.
   *
   * @throws ReplayException if it is not committed
   */
  public Commit commit() {
    if (uncommitted == 0) {
      return Commit.DONE;
    }
    try {
      // Until each record is taken or refused: a commit would tell what became of the last ones.
      producer.flush();
      ReplayException first = refusal.get();
      if (first != null) {
        throw first;
      }
      if (!isCommitted()) {
        return Commit.UNKNOWN;
      }
    } catch (KafkaException e) {
      throw notTaken(e);
    }
    committed += uncommitted;
    uncommitted = 0;
    return Commit.DONE;
  }

  /** A commit that timed out may be asked for again, and only so becomes known. */
  private boolean isCommitted() {
    try {
      producer.commitTransaction();
      return true;
    } catch (TimeoutException e) {
      try {
        producer.commitTransaction();
        return true;
      } catch (TimeoutException again) {
        return false;
      }
    }
  }

  private ReplayException notTaken(KafkaException e) {
    ReplayException first = refusal.get();
    return first == null ? notTaken("A transaction", e) : first;
  }

  private static ReplayException notTaken(String name, Exception why) {
    return new ReplayException("%s was not taken: %s".formatted(name, why.getMessage()), why);
  }

  /** How many records were sent that are not known to be committed. */
  public int uncommitted() {
    return uncommitted;
  }

  /** How many records brokers have for certain. */
  public long committed() {
    return committed;
  }

  /** Gives up what is not committed, within seconds. */
  @Override
  public void close() {
    producer.close(CLOSING);
  }
}

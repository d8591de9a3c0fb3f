package io.penstock.replay;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.penstock.schemas.DeadLetter;
import io.penstock.schemas.DeadLetterHeader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * Sends the records that dead letters hold to the topic that they came from: key, value and headers
 * as they were, to the partition that they had, with the header {@value #HEADER}. In transactions
 * of {@value #LETTERS_PER_TRANSACTION} letters, so that what is sent when something fails is known
 * to the letter, and the rest can be sent later. Not thread-safe.
 */
public final class Resubmission implements AutoCloseable {

  /** Where in the dead-letter topic a record was: {@code topic-partition@offset}. */
  static final String HEADER = "penstock-replayed-from";

  static final int LETTERS_PER_TRANSACTION = 500;

  /** Of keys and values that wait for a transaction; one letter may be larger. */
  private static final long BYTES_PER_TRANSACTION = 16 << 20;

  private final String deadLetterTopic;
  private final boolean newTimestamps;
  private final Transactions transactions;
  private final List<StoredLetter> waiting = new ArrayList<>();
  private final Map<Integer, Long> sentUpTo;
  private long waitingBytes;
  private boolean inDoubt;

  /**
   * A way back from a dead-letter topic.
   *
   * @param kafka the pipeline's Kafka keys
   * @param transactionalId of the pipeline, so that of two replays one ends
   * @param after partition → the offset up to which letters were sent by an earlier run; what says
   *     where to go on begins there
   * @param newTimestamps whether records get the time at which they are sent instead of their own
   */
  public static Resubmission of(
      String deadLetterTopic,
      Map<String, String> kafka,
      String clientId,
      String transactionalId,
      Map<Integer, Long> after,
      boolean newTimestamps) {
    return new Resubmission(
        deadLetterTopic, Transactions.open(kafka, clientId, transactionalId), after, newTimestamps);
  }

  Resubmission(
      String deadLetterTopic,
      Transactions transactions,
      Map<Integer, Long> after,
      boolean newTimestamps) {
    this.deadLetterTopic = deadLetterTopic;
    this.newTimestamps = newTimestamps;
    this.sentUpTo = new TreeMap<>(after);
    this.transactions = transactions;
  }

  /** Whether a letter holds its whole record. */
  public static boolean canSend(StoredLetter stored) {
    return !stored.letter().getTruncated();
  }

  /**
   * Sends a letter's record, once so many wait that a transaction is worth it.
   *
   * @throws ReplayException if brokers do not take it: then they have {@link #sent} letters and no
   *     more, unless it {@linkplain #isInDoubt() is in doubt}
   */
  public void send(StoredLetter stored) {
    waiting.add(stored);
    waitingBytes += stored.letter().getKeyBytes() + (long) stored.letter().getValueBytes();
    if (waiting.size() == LETTERS_PER_TRANSACTION || waitingBytes >= BYTES_PER_TRANSACTION) {
      sendWaiting();
    }
  }

  /**
   * Sends all that waits.
   *
   * @throws ReplayException if brokers do not take it: then they have {@link #sent} letters and no
   *     more, unless it {@linkplain #isInDoubt() is in doubt}
   */
  public void sendWaiting() {
    if (waiting.isEmpty()) {
      return;
    }
    for (StoredLetter stored : waiting) {
      transactions.send(record(stored), () -> "The letter " + place(stored));
    }
    if (transactions.commit() == Transactions.Commit.UNKNOWN) {
      inDoubt = true;
      throw new ReplayException(
          "Brokers have not said whether they have the letters from %s to %s; if so, records with the header %s in the input topic name them"
              .formatted(
                  waiting.get(0).position(), waiting.get(waiting.size() - 1).position(), HEADER));
    }
    waiting.forEach(stored -> sentUpTo.merge(stored.partition(), stored.offset(), Math::max));
    waiting.clear();
    waitingBytes = 0;
  }

  private String place(StoredLetter stored) {
    return deadLetterTopic + "-" + stored.position();
  }

  /** How many records brokers have for certain. */
  public long sent() {
    return transactions.committed();
  }

  /** Whether brokers may have the records of one transaction more. */
  public boolean isInDoubt() {
    return inDoubt;
  }

  /**
   * Behind which places of the dead-letter topic the rest begins, as the command's options; empty
   * if that is its beginning.
   */
  public String whereToGoOn() {
    return sentUpTo.entrySet().stream()
        .map(entry -> "--after " + StoredLetter.position(entry.getKey(), entry.getValue()))
        .collect(Collectors.joining(" "));
  }

  private ProducerRecord<byte[], byte[]> record(StoredLetter stored) {
    DeadLetter letter = stored.letter();
    Headers headers = new RecordHeaders();
    for (DeadLetterHeader header : letter.getHeaders()) {
      headers.add(header.getKey(), bytes(header.getValue()));
    }
    headers.add(HEADER, place(stored).getBytes(UTF_8));
    return new ProducerRecord<>(
        letter.getTopic(),
        letter.getPartition(),
        newTimestamps ? null : letter.getTimestamp(),
        bytes(letter.getKey()),
        bytes(letter.getValue()),
        headers);
  }

  private static byte @Nullable [] bytes(@Nullable ByteBuffer buffer) {
    if (buffer == null) {
      return null;
    }
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }

  /** Gives up what waits, and a transaction that was not committed. */
  @Override
  public void close() {
    transactions.close();
  }
}

package io.penstock.control.kafka;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * The one partition of a topic, read from its beginning and then as it grows. Not thread-safe, but
 * for {@link #wakeup}.
 */
public final class TopicTail implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(100);

  private final Consumer<String, byte[]> consumer;
  private final TopicPartition partition;
  private final LongSupplier nanoClock;

  /** A tail of that topic, from its beginning. */
  public TopicTail(Consumer<String, byte[]> consumer, String topic) {
    this(consumer, topic, System::nanoTime);
  }

  /** One that tells by that clock how long nothing has come. */
  TopicTail(Consumer<String, byte[]> consumer, String topic, LongSupplier nanoClock) {
    this.consumer = consumer;
    this.nanoClock = nanoClock;
    this.partition = new TopicPartition(topic, 0);
    consumer.assign(List.of(partition));
    consumer.seekToBeginning(List.of(partition));
  }

  /**
   * Passes over everything that there is now.
   *
   * @throws TimeoutException if the end cannot be told in time
   */
  public void skipToEnd(Duration timeout) {
    long end = consumer.endOffsets(List.of(partition), timeout).getOrDefault(partition, 0L);
    consumer.seek(partition, end);
  }

  /**
   * Passes over what has come before some time, by the records' timestamps; over nothing if nothing
   * has come since then, because the clocks may differ.
   *
   * @throws TimeoutException if the broker does not answer in time
   */
  public void skipTo(Instant time, Duration timeout) {
    OffsetAndTimestamp first =
        consumer.offsetsForTimes(Map.of(partition, time.toEpochMilli()), timeout).get(partition);
    if (first != null) {
      consumer.seek(partition, first.offset());
    }
  }

  /** What has come since the last call; waits for it so long. */
  public List<ConsumerRecord<String, byte[]>> poll(Duration timeout) {
    return consumer.poll(timeout).records(partition);
  }

  /**
   * Everything up to what is the end when this is called: with read_committed, the first record of
   * a transaction that is still open.
   *
   * @throws TimeoutException if nothing comes for so long
   */
  public List<ConsumerRecord<String, byte[]>> readToEnd(Duration timeout) {
    List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
    readToEnd(timeout, records::addAll);
    return records;
  }

  /**
   * The same, piece by piece, of which there may be more than fits into memory.
   *
   * @throws TimeoutException if nothing comes for so long
   */
  public void readToEnd(
      Duration timeout,
      java.util.function.Consumer<List<ConsumerRecord<String, byte[]>>> onRecords) {
    long end = consumer.endOffsets(List.of(partition), timeout).getOrDefault(partition, 0L);
    long reached = -1;
    long reachedNanos = nanoClock.getAsLong();
    for (long position = consumer.position(partition, timeout);
        position < end;
        position = consumer.position(partition, timeout)) {
      long nowNanos = nanoClock.getAsLong();
      if (position > reached) {
        reached = position;
        reachedNanos = nowNanos;
      } else if (nowNanos - reachedNanos > timeout.toNanos()) {
        throw new TimeoutException(
            "%s: no further than offset %d (expected: %d) for %s"
                .formatted(partition, position, end, timeout));
      }
      onRecords.accept(poll(POLL));
    }
  }

  /**
   * Asks the broker for the end and says whether everything before it was read.
   *
   * @throws TimeoutException if the broker does not answer in time
   * @throws KafkaException if more was read than there is: what was read has gone
   */
  boolean isAtEnd(Duration timeout) {
    long end = consumer.endOffsets(List.of(partition), timeout).getOrDefault(partition, 0L);
    long position = consumer.position(partition, timeout);
    if (position > end) {
      throw new KafkaException(
          "%s ends at offset %d (expected: %d or more, which was read); it was deleted and created again, or has lost its end"
              .formatted(partition, end, position));
    }
    return position == end;
  }

  void wakeup() {
    consumer.wakeup();
  }

  @Override
  public void close() {
    consumer.close();
  }
}

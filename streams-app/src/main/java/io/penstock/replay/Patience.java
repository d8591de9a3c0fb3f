package io.penstock.replay;

import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * How long a reader that has more to read waits for records; after that brokers are taken for gone.
 * Not thread-safe.
 */
public final class Patience {

  private final Consumer<?, ?> consumer;
  private final Duration longest;
  private Duration waited = Duration.ZERO;

  /** One that has waited for nothing yet. */
  public Patience(Consumer<?, ?> consumer, Duration longest) {
    this.consumer = consumer;
    this.longest = longest;
  }

  /**
   * Takes note of a poll.
   *
   * @param pause what it has waited for records
   * @param ends up to which offset each partition is to be read
   * @throws TimeoutException if none has come for too long, with the place of each partition
   */
  public void polled(boolean empty, Duration pause, Supplier<Map<TopicPartition, Long>> ends) {
    waited = empty ? waited.plus(pause) : Duration.ZERO;
    if (waited.compareTo(longest) > 0) {
      throw new TimeoutException(
          "No records for %s: %s. See whether the partitions have leaders that answer, and try again"
              .formatted(
                  longest,
                  ends.get().entrySet().stream()
                      .filter(end -> consumer.position(end.getKey()) < end.getValue())
                      .map(this::place)
                      .sorted()
                      .collect(Collectors.joining(", "))));
    }
  }

  private String place(Map.Entry<TopicPartition, Long> end) {
    return "%s is read up to offset %d (expected: %d)"
        .formatted(end.getKey(), consumer.position(end.getKey()), end.getValue());
  }
}

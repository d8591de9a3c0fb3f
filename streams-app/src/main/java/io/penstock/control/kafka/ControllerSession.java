package io.penstock.control.kafka;

import io.penstock.config.ControlTopics;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * A membership in the group that owns the control topic: a term begins when its partition is
 * assigned and ends when it is revoked or lost. All but {@link #wakeup} on the controller thread.
 *
 * <p>The term begins within the listener, because there the consumer has no position yet: the term
 * sets it once the predecessor is fenced, and no command is read before.
 */
final class ControllerSession implements RestartingLoop.Session {

  /** How long a command, or the answer of an instance, may wait to be seen. */
  private static final Duration POLL = Duration.ofMillis(50);

  private final Consumer<String, byte[]> commands;
  private final TopicPartition partition;
  private final Function<Consumer<String, byte[]>, ControllerTerm> terms;
  private @Nullable ControllerTerm term;

  /**
   * A membership that starts now.
   *
   * @param terms makes a term that is about to begin
   */
  ControllerSession(
      Consumer<String, byte[]> commands,
      ControlTopics topics,
      Function<Consumer<String, byte[]>, ControllerTerm> terms) {
    this.commands = commands;
    this.partition = new TopicPartition(topics.control(), 0);
    this.terms = terms;
    commands.subscribe(List.of(topics.control()), new Ownership());
  }

  @Override
  public void turn() {
    List<ConsumerRecord<String, byte[]>> records = commands.poll(POLL).records(partition);
    ControllerTerm current = term;
    if (current != null) {
      current.turn(records);
    }
  }

  private void beginTerm() {
    ControllerTerm next = terms.apply(commands);
    term = next;
    next.begin();
  }

  private void endTerm() {
    ControllerTerm ended = term;
    term = null;
    if (ended != null) {
      ended.close();
    }
  }

  /**
   * A member of the group, whether or not it is the controller: a term that cannot begin throws.
   */
  @Override
  public boolean isAtWork() {
    return commands.groupMetadata().generationId() >= 0;
  }

  @Override
  public void wakeup() {
    commands.wakeup();
  }

  @Override
  public void close() {
    endTerm();
    commands.close();
  }

  /** Ties the term to the ownership. Called within polls. */
  private final class Ownership implements ConsumerRebalanceListener {

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      if (partitions.contains(partition)) {
        beginTerm();
      }
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      if (partitions.contains(partition)) {
        endTerm();
      }
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
      onPartitionsRevoked(partitions);
    }
  }
}

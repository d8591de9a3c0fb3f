package io.penstock.testkit;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.AbortTransactionSpec;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.TopicPartition;

/**
 * Whoever ends hanging transactions with {@code kafka-transactions.sh}: open in a partition, though
 * their coordinator has ended them.
 *
 * <p>Kafka 4.3.1 leaves such when a broker fails: a coordinator that ends a transaction while a
 * partition has no leader takes the partition for deleted and writes no marker ({@code
 * KRaftMetadataCache.getPartitionLeaderEndpoint} does not tell the two apart). Readers of committed
 * records then stand still. Not thread-safe.
 */
public final class TransactionOperator implements AutoCloseable {

  private static final Set<TransactionState> UNDER_WAY =
      Set.of(
          TransactionState.ONGOING,
          TransactionState.PREPARE_ABORT,
          TransactionState.PREPARE_COMMIT,
          TransactionState.PREPARE_EPOCH_FENCE);

  private final Admin admin;
  private final List<TopicPartition> partitions;
  private Set<Open> suspects = Set.of();
  private int aborted;

  /** A transaction that is open in a partition. */
  private record Open(
      TopicPartition partition, long producer, short epoch, int coordinatorEpoch, long from) {

    AbortTransactionSpec abort() {
      return new AbortTransactionSpec(partition, producer, epoch, coordinatorEpoch);
    }
  }

  /** One for the partitions of these topics. */
  public TransactionOperator(String bootstrapServers, List<String> topics) {
    this.admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers));
    this.partitions =
        get(() -> admin.describeTopics(topics).allTopicNames().get()).values().stream()
            .flatMap(
                topic ->
                    IntStream.range(0, topic.partitions().size())
                        .mapToObj(partition -> new TopicPartition(topic.name(), partition)))
            .toList();
  }

  /** Looks for hanging transactions, and aborts those that it saw the last time, too. */
  public void look() {
    Set<Open> hanging = new HashSet<>(openTransactions());
    Set<Open> underWay = new HashSet<>();
    for (TransactionDescription known : knownTransactions()) {
      hanging.stream()
          .filter(open -> UNDER_WAY.contains(known.state()))
          .filter(open -> open.producer() == known.producerId())
          .filter(open -> known.topicPartitions().contains(open.partition()))
          .forEach(underWay::add);
    }
    hanging.removeAll(underWay);
    for (Open open : hanging) {
      if (suspects.contains(open)) {
        get(() -> admin.abortTransaction(open.abort()).all().get());
        aborted++;
      }
    }
    suspects = hanging;
  }

  /** How many it has aborted, counted by partition. */
  public int aborted() {
    return aborted;
  }

  private List<Open> openTransactions() {
    return get(() -> admin.describeProducers(partitions).all().get()).entrySet().stream()
        .flatMap(
            entry ->
                entry.getValue().activeProducers().stream()
                    .filter(state -> state.currentTransactionStartOffset().isPresent())
                    .map(state -> open(entry.getKey(), state)))
        .toList();
  }

  private static Open open(TopicPartition partition, ProducerState state) {
    return new Open(
        partition,
        state.producerId(),
        (short) state.producerEpoch(),
        state.coordinatorEpoch().orElse(0),
        state.currentTransactionStartOffset().getAsLong());
  }

  private Stream<String> transactionalIds() {
    return get(() -> admin.listTransactions().all().get()).stream()
        .map(TransactionListing::transactionalId);
  }

  private Iterable<TransactionDescription> knownTransactions() {
    List<String> ids = transactionalIds().toList();
    return get(() -> admin.describeTransactions(ids).all().get()).values();
  }

  /** Something that is asked of the cluster. */
  @FunctionalInterface
  private interface Question<T> {
    T ask() throws ExecutionException, InterruptedException;
  }

  private static <T> T get(Question<T> question) {
    try {
      return question.ask();
    } catch (ExecutionException e) {
      throw new AssertionError("the broker refuses", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    admin.close();
  }
}

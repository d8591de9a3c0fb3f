package io.penstock.testkit;

import io.penstock.localstack.LocalStack;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/**
 * A broker and a schema registry for tests to use as they like: in containers where there is a
 * Docker engine, else the local stack.
 */
public interface TestStack extends AutoCloseable {

  /** A stack of a test's own, with nothing in it. */
  static TestStack start() {
    return ContainerStack.isPossible() ? new ContainerStack() : new Local(LocalStack.start());
  }

  String bootstrapServers();

  /** What {@code schema.registry.url} is to be. */
  String registryUrl();

  @Override
  void close();

  /** Makes topics and waits until the broker answers for every partition, which it does not yet. */
  default void createTopics(NewTopic... topics) {
    createTopics(bootstrapServers(), topics);
  }

  /** The same on any broker. */
  static void createTopics(String bootstrapServers, NewTopic... topics) {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
      admin.createTopics(Arrays.asList(topics)).all().get();
      Map<TopicPartition, OffsetSpec> ends =
          Arrays.stream(topics)
              .flatMap(TestStack::partitions)
              .collect(Collectors.toMap(partition -> partition, partition -> OffsetSpec.latest()));
      Await.until("topics " + ends.keySet(), 30, () -> answers(admin, ends));
    } catch (ExecutionException e) {
      throw new AssertionError("the broker refuses", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private static Stream<TopicPartition> partitions(NewTopic topic) {
    return IntStream.range(0, topic.numPartitions())
        .mapToObj(partition -> new TopicPartition(topic.name(), partition));
  }

  private static boolean answers(Admin admin, Map<TopicPartition, OffsetSpec> ends) {
    try {
      admin.listOffsets(ends).all().get();
      return true;
    } catch (ExecutionException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** The local stack. */
  record Local(LocalStack stack) implements TestStack {

    @Override
    public String bootstrapServers() {
      return stack.bootstrapServers();
    }

    @Override
    public String registryUrl() {
      return stack.registryUrl();
    }

    @Override
    public void close() {
      stack.close();
    }
  }
}

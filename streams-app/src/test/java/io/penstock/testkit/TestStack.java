package io.penstock.testkit;

import io.penstock.localstack.LocalStack;
import org.apache.kafka.clients.admin.NewTopic;

/** A broker and a schema registry for tests to use as they like. */
public interface TestStack extends AutoCloseable {

  /** A stack of this test's own. */
  static TestStack start() {
    LocalStack stack = LocalStack.start();
    return new TestStack() {
      @Override
      public String bootstrapServers() {
        return stack.bootstrapServers();
      }

      @Override
      public String registryUrl() {
        return stack.registryUrl();
      }

      @Override
      public void createTopics(NewTopic... topics) {
        stack.createTopics(topics);
      }

      @Override
      public void close() {
        stack.close();
      }
    };
  }

  String bootstrapServers();

  /** What {@code schema.registry.url} is to be. */
  String registryUrl();

  /** Makes topics that can be used at once. */
  void createTopics(NewTopic... topics);

  @Override
  void close();
}

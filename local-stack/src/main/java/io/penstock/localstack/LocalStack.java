package io.penstock.localstack;

import io.penstock.localstack.host.TemporaryFolder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;

/**
 * A Kafka broker and a schema registry that belong together, in a temporary folder of their own.
 * All of it is gone after {@link #close}, and after an orderly end of this process without it.
 * Several may run side by side. Thread-safe.
 */
public final class LocalStack implements AutoCloseable {

  private static final Duration TOPIC_LIMIT = Duration.ofSeconds(30);

  private final TemporaryFolder folder = TemporaryFolder.create("penstock-stack-");
  private final CompletableFuture<Optional<BrokerSecurity>> security;
  private final CompletableFuture<LocalKafka> kafka;
  private final CompletableFuture<LocalRegistry> registry;
  // What needs the stack, the latest first. @GuardedBy("this")
  private final Deque<Runnable> dependents = new ArrayDeque<>();
  private final Thread closeOnExit = new Thread(this::release, "local-stack-exit");

  private LocalStack(Map<String, String> brokerProperties, @Nullable Set<String> users) {
    security =
        CompletableFuture.supplyAsync(
            () ->
                users == null
                    ? Optional.empty()
                    : Optional.of(new BrokerSecurity(folder.path(), users)));
    kafka = security.thenApplyAsync(known -> startKafka(brokerProperties, known));
    registry = CompletableFuture.supplyAsync(() -> LocalRegistry.start(folder.resolve("registry")));
  }

  private LocalKafka startKafka(
      Map<String, String> brokerProperties, Optional<BrokerSecurity> secured) {
    Map<String, String> properties =
        new HashMap<>(secured.map(BrokerSecurity::brokerProperties).orElse(Map.of()));
    properties.putAll(brokerProperties);
    return LocalKafka.start(
        folder.resolve("kafka"),
        properties,
        secured.map(BrokerSecurity::scramArguments).orElse(List.of()));
  }

  /** A running stack. */
  public static LocalStack start() {
    return start(Map.of());
  }

  /**
   * A running stack whose broker has these properties too. Broker and registry start at the same
   * time.
   *
   * @throws IllegalStateException if one of them does not start; then nothing is left of the other
   */
  public static LocalStack start(Map<String, String> brokerProperties) {
    return started(new LocalStack(brokerProperties, null));
  }

  /**
   * A running stack whose broker speaks TLS only, knows these users by SCRAM, and allows them what
   * access control lists allow: nothing, at first.
   *
   * @throws IllegalStateException if one of them does not start
   */
  public static LocalStack startSecured(Set<String> users) {
    return started(new LocalStack(Map.of(), users));
  }

  private static LocalStack started(LocalStack stack) {
    Runtime.getRuntime().addShutdownHook(stack.closeOnExit);
    try {
      CompletableFuture.allOf(stack.kafka, stack.registry).join();
      return stack;
    } catch (CompletionException e) {
      stack.close();
      throw new IllegalStateException("The local stack does not start", e.getCause());
    }
  }

  public LocalKafka kafka() {
    return kafka.join();
  }

  public LocalRegistry registry() {
    return registry.join();
  }

  /** A folder for whoever needs the stack; goes with it. */
  public Path folder() {
    return folder.path();
  }

  /**
   * Names what needs the stack and is to be closed before it, in whatever way the stack ends. What
   * is named later is closed earlier.
   */
  public synchronized void closeFirst(Runnable dependent) {
    dependents.push(dependent);
  }

  public String bootstrapServers() {
    return kafka().bootstrapServers();
  }

  /** What an administrator's client needs to know of the broker. */
  public Map<String, String> clientKeys() {
    return clientKeys(BrokerSecurity.ADMIN);
  }

  /**
   * What a client of that user needs to know of the broker: where it is, and where it is secured,
   * how to get in. Secrets among it are in clear text.
   */
  public Map<String, String> clientKeys(String user) {
    Map<String, String> keys = new TreeMap<>();
    keys.put("bootstrap.servers", bootstrapServers());
    security.join().ifPresent(secured -> keys.putAll(secured.clientKeys(user)));
    return keys;
  }

  /** What {@code schema.registry.url} is to be. */
  public String registryUrl() {
    return registry().url();
  }

  /** Makes a topic and waits until it can be used. */
  public void createTopic(String name, int partitions) {
    createTopics(new NewTopic(name, partitions, (short) 1));
  }

  /**
   * Makes topics and waits until the broker answers for every partition: right after their creation
   * it does not yet.
   *
   * @throws IllegalStateException if the broker refuses, or is not ready within 30 seconds
   */
  public void createTopics(NewTopic... topics) {
    try (Admin admin = Admin.create(new HashMap<>(clientKeys()))) {
      admin.createTopics(List.of(topics)).all().get();
      List<TopicPartition> partitions =
          Arrays.stream(topics).flatMap(LocalStack::partitions).toList();
      long deadline = System.nanoTime() + TOPIC_LIMIT.toNanos();
      while (!answers(admin, partitions)) {
        if (System.nanoTime() - deadline > 0) {
          throw new IllegalStateException(
              "Kafka does not answer for the new topics %s within %d s"
                  .formatted(names(topics), TOPIC_LIMIT.toSeconds()));
        }
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("Kafka does not make the topics " + names(topics), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while making the topics " + names(topics), e);
    }
  }

  private static Stream<TopicPartition> partitions(NewTopic topic) {
    return IntStream.range(0, topic.numPartitions())
        .mapToObj(partition -> new TopicPartition(topic.name(), partition));
  }

  private static boolean answers(Admin admin, Collection<TopicPartition> partitions)
      throws ExecutionException, InterruptedException {
    try {
      admin
          .listOffsets(
              partitions.stream().collect(Collectors.toMap(p -> p, p -> OffsetSpec.latest())))
          .all()
          .get();
      return true;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RetriableException) {
        return false;
      }
      throw e;
    }
  }

  private static List<String> names(NewTopic... topics) {
    return Arrays.stream(topics).map(NewTopic::name).toList();
  }

  /** Stops both and removes their folder; idempotent. */
  @Override
  public void close() {
    // The hook stays until there is nothing left for it: the process may be asked to end meanwhile.
    release();
    try {
      Runtime.getRuntime().removeShutdownHook(closeOnExit);
    } catch (IllegalStateException e) {
      // The process is ending and runs the hook, which finds all of it released.
    }
  }

  private synchronized void release() {
    try (folder) {
      while (!dependents.isEmpty()) {
        dependents.pop().run();
      }
      CompletableFuture.allOf(
              kafka.thenAcceptAsync(LocalKafka::close),
              registry.thenAcceptAsync(LocalRegistry::close))
          .exceptionally(failedStart -> null)
          .join();
    }
  }
}

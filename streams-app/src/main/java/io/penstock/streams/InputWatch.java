package io.penstock.streams;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks, while a pipeline runs, whether its input is still the topic that it was begun with. One
 * that is missing is none of its concern: Kafka Streams sees that itself. Thread-safe; the thread
 * is its own.
 */
final class InputWatch implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(InputWatch.class);

  static final Duration PERIOD = Duration.ofSeconds(2);

  private final InputIdentity input;
  private final Supplier<Admin> admins;
  private final Consumer<Uuid> onReplaced;
  private final CountDownLatch closed = new CountDownLatch(1);

  /**
   * One that does not look yet.
   *
   * @param admins makes the client that it asks with
   * @param onReplaced gets the id of the topic that has the name now, once
   */
  InputWatch(InputIdentity input, Supplier<Admin> admins, Consumer<Uuid> onReplaced) {
    this.input = input;
    this.admins = admins;
    this.onReplaced = onReplaced;
  }

  /** Looks from now on. Called once. */
  void start(String pipeline) {
    if (!input.id().equals(Uuid.ZERO_UUID)) {
      Thread thread = new Thread(this::watch, "penstock-" + pipeline + "-input");
      thread.setDaemon(true);
      thread.start();
    }
  }

  private void watch() {
    Admin admin = null;
    try {
      while (!closed.await(PERIOD.toMillis(), TimeUnit.MILLISECONDS)) {
        try {
          admin = admin == null ? admins.get() : admin;
          Uuid now = ask(admin);
          if (now != null && !now.equals(input.id()) && !now.equals(Uuid.ZERO_UUID)) {
            onReplaced.accept(now);
            return;
          }
        } catch (ExecutionException | KafkaException e) {
          log.debug("the id of topic {} is not known, which is asked for again", input.topic(), e);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      if (admin != null) {
        admin.close(Duration.ZERO);
      }
    }
  }

  private @Nullable Uuid ask(Admin admin) throws ExecutionException, InterruptedException {
    return Objects.requireNonNull(
            admin.describeTopics(List.of(input.topic())).topicNameValues().get(input.topic()))
        .get()
        .topicId();
  }

  /** Looks no more. */
  @Override
  public void close() {
    closed.countDown();
  }
}

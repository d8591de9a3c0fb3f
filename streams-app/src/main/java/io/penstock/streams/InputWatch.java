package io.penstock.streams;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Uuid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks, while a pipeline runs, whether its input is still the topic that it was begun with. One
 * that is missing is none of its concern: Kafka Streams sees that itself. A broker that lags behind
 * its controller may tell the id of a topic that was there before, so it looks again, several
 * times, before it believes that there is another. Thread-safe; the thread is its own.
 */
final class InputWatch implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(InputWatch.class);

  private static final Duration PERIOD = Duration.ofSeconds(2);

  /** How long to wait before it looks again for what it has just seen for the first time. */
  private static final Duration DOUBT = Duration.ofMillis(500);

  /** How often in a row it must see another topic. */
  static final int LOOKS = 3;

  /** After so many looks in vain it says so, and again after as many more. */
  private static final int FAILURES = 30;

  /** Well within what brokers keep an offset for: days, as a rule. */
  private static final long KEEPING_NANOS = Duration.ofMinutes(10).toNanos();

  private final InputIdentity input;
  private final Supplier<Admin> admins;
  private final Keeping keeping;
  private final Consumer<Uuid> onReplaced;
  private final CountDownLatch closed = new CountDownLatch(1);
  private int others;
  private int failures;
  private long keptNanos = System.nanoTime() - KEEPING_NANOS;

  /** Keeps what would expire. */
  @FunctionalInterface
  interface Keeping {
    /** Once more. */
    void keep(Admin admin) throws ExecutionException, InterruptedException;
  }

  /**
   * One that does not look yet.
   *
   * @param admins makes the client that it asks with
   * @param keeping called every ten minutes while the input is the topic that it was
   * @param onReplaced gets the id of the topic that has the name now, once
   */
  InputWatch(
      InputIdentity input, Supplier<Admin> admins, Keeping keeping, Consumer<Uuid> onReplaced) {
    this.input = input;
    this.admins = admins;
    this.keeping = keeping;
    this.onReplaced = onReplaced;
  }

  /** Looks from now on. Called once. */
  void start(String pipeline) {
    if (input.isKnown()) {
      Thread thread = new Thread(this::watch, "penstock-" + pipeline + "-input");
      thread.setDaemon(true);
      thread.start();
    }
  }

  private void watch() {
    try {
      awaitAnother().ifPresent(onReplaced);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Empty if it was closed before. */
  private Optional<Uuid> awaitAnother() throws InterruptedException {
    Admin admin = null;
    try {
      while (!closed.await((others > 0 ? DOUBT : PERIOD).toMillis(), TimeUnit.MILLISECONDS)) {
        try {
          admin = admin == null ? admins.get() : admin;
          Uuid now = ask(admin);
          failures = 0;
          if (isAnother(now)) {
            return Optional.of(now);
          }
          keepInTime(admin);
        } catch (ExecutionException | RuntimeException | Error e) {
          failed(e);
        }
      }
      return Optional.empty();
    } finally {
      if (admin != null) {
        admin.close(Duration.ZERO);
      }
    }
  }

  /** Whether the last looks have all seen another topic. Brokers before 2.8 tell no ids. */
  boolean isAnother(Uuid now) {
    others = now.equals(input.id()) || now.equals(Uuid.ZERO_UUID) ? 0 : others + 1;
    return others == LOOKS;
  }

  private void keepInTime(Admin admin) throws InterruptedException {
    if (others > 0 || System.nanoTime() - keptNanos < KEEPING_NANOS) {
      return;
    }
    keptNanos = System.nanoTime();
    try {
      keeping.keep(admin);
    } catch (ExecutionException | RuntimeException e) {
      log.warn(
          "which topic the pipeline has begun with could not be kept, and is tried again: if it"
              + " were deleted and created again while this goes on, a start might not notice"
              + " topic={} in={} reason={}",
          input.topic(),
          Duration.ofNanos(KEEPING_NANOS),
          FailurePolicy.describe(e));
    }
  }

  private void failed(Throwable failure) {
    String reason = FailurePolicy.describe(failure);
    if (++failures % FAILURES == 0) {
      log.warn(
          "it is not known whether the input is still the topic that it was, which is asked for"
              + " again topic={} failures={} reason={}",
          input.topic(),
          failures,
          reason);
    } else {
      log.debug("the id of topic {} is not known: {}", input.topic(), reason);
    }
  }

  private Uuid ask(Admin admin) throws ExecutionException, InterruptedException {
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

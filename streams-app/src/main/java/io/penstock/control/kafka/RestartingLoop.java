package io.penstock.control.kafka;

import io.penstock.config.kafka.BootstrapServers;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidSessionTimeoutException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that lives through one session after another: an error ends the session, and after a
 * back-off the next one starts. Where access is denied, which somebody may grant or a new
 * credential mend, it is the longest back-off, and the listener hears of it. Names of brokers that
 * do not resolve pass too: they did when this started. What no restart can mend (wrong
 * configuration, an {@link Error}) ends the thread and goes to the listener. Thread-safe.
 */
final class RestartingLoop {

  /** Work with clients of its own. */
  interface Session extends AutoCloseable {

    /** Does a bounded piece of work; blocks for about a second at most when there is none. */
    void turn();

    /** Whether it has been let do what it is there for. Called between turns. */
    boolean isAtWork();

    /** Ends a turn that is waiting for a broker. Called from another thread. */
    void wakeup();

    @Override
    void close();
  }

  /** Hears how the loop fares, on its thread. */
  interface Listener {

    /** It has ended for good. */
    void ended(Throwable cause);

    /** Access is denied; it tries again and again. */
    void denied(RuntimeException cause);

    /** Access is not denied any longer. */
    void admitted();
  }

  private static final Logger LOG = LoggerFactory.getLogger(RestartingLoop.class);

  private static final Duration FIRST_BACK_OFF = Duration.ofMillis(250);
  private static final int MAX_DOUBLINGS = 6;
  static final Duration LONGEST_BACK_OFF = FIRST_BACK_OFF.multipliedBy(1L << MAX_DOUBLINGS);

  /** A session that has lived so long was a good one. */
  private static final Duration RECOVERED_AFTER = Duration.ofMinutes(1);

  private final String name;
  private final Supplier<Session> sessions;
  private final Listener listener;
  private final Consumer<Duration> rest;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;
  private volatile @Nullable Session current;

  /** Set and read by the loop's thread only. */
  private int failures;

  private String lastFailure = "";
  private boolean denied;

  RestartingLoop(String name, Supplier<Session> sessions, Listener listener) {
    this(name, sessions, listener, null);
  }

  /**
   * One that rests as it is told.
   *
   * @param rest lets a back-off pass; null: by the clock
   */
  RestartingLoop(
      String name,
      Supplier<Session> sessions,
      Listener listener,
      @Nullable Consumer<Duration> rest) {
    this.name = name;
    this.sessions = sessions;
    this.listener = listener;
    this.rest = rest == null ? this::awaitClose : rest;
    this.thread = new Thread(this::run, name);
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  private void run() {
    while (!isClosed()) {
      long startedNanos = System.nanoTime();
      try (Session session = sessions.get()) {
        current = session;
        while (!isClosed()) {
          session.turn();
          if (denied && session.isAtWork()) {
            denied = false;
            lastFailure = "";
            LOG.info("{}: access is not denied any longer", name);
            listener.admitted();
          }
        }
      } catch (RuntimeException e) {
        if (isClosed()) {
          LOG.debug("{}: ended with an error while closing", name, e);
        } else if (isDenied(e)) {
          denied = true;
          listener.denied(e);
          backOff(e, LONGEST_BACK_OFF);
        } else if (isHopeless(e) && !BootstrapServers.areUnresolved(e)) {
          listener.ended(e);
          return;
        } else {
          if (System.nanoTime() - startedNanos > RECOVERED_AFTER.toNanos()) {
            failures = 0;
            lastFailure = "";
          }
          backOff(e, FIRST_BACK_OFF.multipliedBy(1L << Math.min(failures++, MAX_DOUBLINGS)));
        }
      } catch (Error e) {
        listener.ended(e);
        throw e;
      } finally {
        current = null;
      }
    }
  }

  private void backOff(RuntimeException failure, Duration pause) {
    if (failure.toString().equals(lastFailure)) {
      LOG.debug("{}: the same error again, restarting in {}", name, pause, failure);
    } else {
      lastFailure = failure.toString();
      if (failure instanceof KafkaException) {
        LOG.warn("{}: restarting in {} after {}", name, pause, lastFailure);
      } else {
        LOG.error("{}: a defect, restarting in {}", name, pause, failure);
      }
    }
    rest.accept(pause);
  }

  private void awaitClose(Duration pause) {
    try {
      closed.await(pause.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      closed.countDown();
    }
  }

  /** To Kafka, these are kinds of an invalid configuration. */
  private static boolean isDenied(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof AuthenticationException || cause instanceof AuthorizationException) {
        return true;
      }
    }
    return false;
  }

  private static boolean isHopeless(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof ControlPlaneException
          || cause instanceof ConfigException
          || cause instanceof InvalidConfigurationException
          || cause instanceof InvalidSessionTimeoutException
          || cause instanceof InvalidTopicException
          || cause instanceof UnsupportedVersionException) {
        return true;
      }
    }
    return false;
  }

  private boolean isClosed() {
    return closed.getCount() == 0;
  }

  /** Ends the thread within that time: kindly in the first half of it, by an interrupt then. */
  void close(Duration timeout) {
    closed.countDown();
    Session session = current;
    if (session != null) {
      session.wakeup();
    }
    long halfMillis = Math.max(1, timeout.toMillis() / 2);
    try {
      thread.join(halfMillis);
      if (thread.isAlive()) {
        LOG.warn("{}: did not end within {} ms; interrupting it", name, halfMillis);
        thread.interrupt();
        thread.join(halfMillis);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

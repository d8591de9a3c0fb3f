package io.penstock.control.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A loop whose back-offs take no time, over sessions that do as they are told. */
final class RestartingLoopTest {

  private final Queue<ScriptedSession> sessions = new ArrayDeque<>();
  private final Queue<String> told = new ConcurrentLinkedQueue<>();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final RestartingLoop loop =
      new RestartingLoop("loop", sessions::remove, new Notes(), pause -> told.add("rest " + pause));

  @AfterEach
  void close() {
    loop.close(Duration.ofSeconds(30));
  }

  @Test
  void shouldTryAgainUntilAccessIsNotDeniedAnyLonger() throws InterruptedException {
    sessions.add(new ScriptedSession(new TopicAuthorizationException("control")));
    sessions.add(
        new ScriptedSession(
            new KafkaException("listener", new TransactionalIdAuthorizationException("id"))));
    sessions.add(new ScriptedSession(new SaslAuthenticationException("expired")));
    ScriptedSession last = new ScriptedSession(null);
    sessions.add(last);

    loop.start();
    last.awaitLastTurn();

    String rest = "rest " + RestartingLoop.LONGEST_BACK_OFF;
    assertThat(told)
        .containsExactly(
            "denied: control", rest, "denied: listener", rest, "denied: expired", rest, "admitted");
  }

  @Test
  void shouldRestLongerEachTimeWhereAnErrorMayPass() throws InterruptedException {
    sessions.addAll(
        List.of(
            new ScriptedSession(new KafkaException("no broker")),
            new ScriptedSession(
                new KafkaException(
                    "Failed to construct kafka consumer",
                    new ConfigException(
                        "No resolvable bootstrap urls given in bootstrap.servers")))));
    ScriptedSession last = new ScriptedSession(null);
    sessions.add(last);

    loop.start();
    last.awaitLastTurn();

    assertThat(told).containsExactly("rest PT0.25S", "rest PT0.5S");
  }

  @Test
  void shouldEndWhereNoRestartHelps() throws InterruptedException {
    sessions.add(new ScriptedSession(new ConfigException("nonsense")));

    loop.start();

    assertThat(ended.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(told).containsExactly("ended: nonsense");
  }

  private final class Notes implements RestartingLoop.Listener {

    @Override
    public void ended(Throwable cause) {
      told.add("ended: " + cause.getMessage());
      ended.countDown();
    }

    @Override
    public void denied(RuntimeException cause) {
      String message = String.valueOf(cause.getMessage());
      told.add("denied: " + message.substring(message.lastIndexOf(' ') + 1));
    }

    @Override
    public void admitted() {
      told.add("admitted");
    }
  }

  /**
   * Fails at its first turn; or is at work after its second, and in its third until it is woken.
   */
  private static final class ScriptedSession implements RestartingLoop.Session {

    private final @Nullable RuntimeException failure;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final CountDownLatch turns = new CountDownLatch(3);

    ScriptedSession(@Nullable RuntimeException failure) {
      this.failure = failure;
    }

    void awaitLastTurn() throws InterruptedException {
      assertThat(turns.await(60, TimeUnit.SECONDS)).isTrue();
    }

    @Override
    public void turn() {
      if (failure != null) {
        throw failure;
      }
      turns.countDown();
      if (turns.getCount() == 0) {
        awaitClosed();
      }
    }

    private void awaitClosed() {
      try {
        closed.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public boolean isAtWork() {
      return turns.getCount() < 2;
    }

    @Override
    public void wakeup() {
      closed.countDown();
    }

    @Override
    public void close() {}
  }
}

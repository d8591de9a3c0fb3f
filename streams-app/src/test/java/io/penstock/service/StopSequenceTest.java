package io.penstock.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.testkit.Await;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class StopSequenceTest {

  private static final Duration LONG = Duration.ofMinutes(5);

  private final AtomicLong clock = new AtomicLong();
  private final StopSequence sequence = new StopSequence(clock::get);
  private final List<String> stopped = new CopyOnWriteArrayList<>();

  @Test
  void shouldStopTheNewestStageFirst() {
    stageWith("admin", LONG);
    stageWith("models", LONG);
    stageWith("pipelines", LONG);

    sequence.stop(LONG);

    assertThat(stopped).containsExactly("pipelines", "models", "admin");
  }

  @Test
  void shouldStopThePartsOfAStageAtTheSameTime() {
    CyclicBarrier all = new CyclicBarrier(3);
    sequence.stage(LONG);
    for (String part : List.of("a", "b", "c")) {
      sequence.add(
          part,
          timeout -> {
            all.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
            stopped.add(part);
          });
    }

    sequence.stop(LONG);

    assertThat(stopped).containsExactlyInAnyOrder("a", "b", "c");
  }

  @Test
  void shouldStopThePartsThatThereAreByThen() {
    Map<String, StopSequence.Stop> pipelines = new ConcurrentHashMap<>();
    stageWith("models", LONG);
    sequence.stage(LONG);
    sequence.addAll(() -> pipelines);
    pipelines.put("one that came later", timeout -> stopped.add("pipeline"));

    sequence.stop(LONG);

    assertThat(stopped).containsExactly("pipeline", "models");
  }

  @Test
  void shouldGoOnAfterAPartThatHangsOrFails() {
    CountDownLatch never = new CountDownLatch(1);
    stageWith("admin", LONG);
    sequence.stage(Duration.ofMillis(1));
    sequence.add(
        "fails",
        timeout -> {
          throw new IllegalStateException("broken");
        });
    sequence.add(
        "takes longer",
        timeout -> {
          throw new TimeoutException("not within " + timeout);
        });
    sequence.add("works", timeout -> stopped.add("works"));
    // Last, since a stage's parts are waited for one after the other.
    sequence.add("hangs", timeout -> never.await());

    List<String> problems = sequence.stop(LONG);

    assertThat(stopped).containsExactly("works", "admin");
    assertThat(problems)
        .containsExactlyInAnyOrder(
            "hangs: did not stop within PT0.001S, and is left alone",
            "fails: java.lang.IllegalStateException: broken",
            "takes longer: not within PT0.001S");
    never.countDown();
  }

  @Test
  void shouldGiveAStageItsTimeButNotMoreThanIsLeft() {
    List<Duration> given = new CopyOnWriteArrayList<>();
    for (int stage = 0; stage < 4; stage++) {
      sequence.stage(Duration.ofSeconds(30));
      sequence.add(
          "takes 40 s",
          timeout -> {
            given.add(timeout);
            clock.addAndGet(Duration.ofSeconds(40).toNanos());
          });
    }

    sequence.stop(Duration.ofSeconds(90));

    assertThat(given)
        .containsExactly(
            Duration.ofSeconds(30), Duration.ofSeconds(30), Duration.ofSeconds(10), Duration.ZERO);
  }

  @Test
  void shouldWaitForEachStageThoughItIsInterrupted() {
    stageWith("models", LONG);
    sequence.stage(LONG);
    Thread stopping = Thread.currentThread();
    sequence.add(
        "pipelines",
        timeout -> {
          stopping.interrupt();
          Await.until(
              () -> "it is told: " + stopping.getState(),
              30,
              () -> !stopping.isInterrupted() && stopping.getState() == Thread.State.TIMED_WAITING);
          stopped.add("pipelines");
        });

    sequence.stop(LONG);

    assertThat(Thread.interrupted()).isTrue();
    assertThat(stopped).containsExactly("pipelines", "models");
  }

  @Test
  void shouldStopOnce() {
    stageWith("admin", LONG);

    sequence.stop(LONG);
    sequence.stop(LONG);

    assertThat(stopped).containsExactly("admin");
  }

  private void stageWith(String part, Duration atMost) {
    sequence.stage(atMost);
    sequence.add(part, timeout -> stopped.add(part));
  }
}

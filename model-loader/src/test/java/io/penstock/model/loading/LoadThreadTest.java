package io.penstock.model.loading;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.model.ModelException;
import io.penstock.model.RetriableModelException;
import io.penstock.model.ServableId;
import io.penstock.model.fitness.Fitness;
import io.penstock.model.lifecycle.FakeModel;
import io.penstock.model.lifecycle.ModelSettings;
import io.penstock.model.memory.NativeMemory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class LoadThreadTest {

  private final LoadSlots slots = new LoadSlots(1);
  private final NativeMemory memory = new NativeMemory(Optional.empty());
  private final LoadTerms terms =
      new LoadTerms(slots, memory, Optional.empty(), Duration.ofMinutes(10));
  private final HandDrivenClock clock = new HandDrivenClock();
  private final List<Thread> threads = new ArrayList<>();
  private final LoadThread thread =
      new LoadThread(
          terms,
          clock,
          task -> {
            Thread made = new Thread(task);
            made.setDaemon(true);
            threads.add(made);
            return made;
          });
  private final CountDownLatch hung = new CountDownLatch(1);

  @TempDir private Path empty;

  @AfterEach
  void endWhatHangs() throws InterruptedException {
    hung.countDown();
    thread.shutdown();
    for (Thread made : threads) {
      made.join();
    }
    clock.shutdownNow();
  }

  @Test
  void shouldAnswerWithWhatWasLoaded() throws Exception {
    // given
    BlockingQueue<Loaded> answers = new LinkedBlockingQueue<>();

    // when
    thread.load(id(1), isGivenUp -> fit(new FakeModel(id(1))), answers::add);

    // then
    assertThat(answers.take()).isInstanceOf(Loaded.Fit.class);
  }

  @Test
  void shouldGiveUpALoadThatHangsAndGoOnWithOthers() throws Exception {
    // given
    BlockingQueue<Loaded> answers = new LinkedBlockingQueue<>();
    FakeModel late = new FakeModel(id(1));
    AtomicBoolean knew = new AtomicBoolean();
    thread.load(
        id(1),
        isGivenUp -> {
          Loaded outcome = hang(late);
          knew.set(isGivenUp.getAsBoolean());
          return outcome;
        },
        answers::add);

    // when
    clock.passTimeout();

    // then
    Loaded.Hung answer = (Loaded.Hung) answers.take();
    assertThat(answer.reason()).hasMessageStartingWith("digits/1 did not load within PT10M");
    assertThat(answer.cameBack().toCompletableFuture()).isNotDone();

    // when another is loaded, by the same thread's successor and in the same slot
    thread.load(id(2), isGivenUp -> fit(new FakeModel(id(2))), answers::add);

    // then
    assertThat(answers.take()).isInstanceOf(Loaded.Fit.class);
    assertThat(threads).hasSize(2);

    // when the load comes back after all
    hung.countDown();
    threads.get(0).join();

    // then nothing is left of it, and who was told hears that it is back
    assertThat(answer.cameBack().toCompletableFuture()).isCompleted();
    assertThat(late.isClosed()).isTrue();
    assertThat(knew).isTrue();
    assertThat(answers).isEmpty();
  }

  @Test
  void shouldNotBeginAnotherLoadOfWhatHangs() throws Exception {
    // given
    BlockingQueue<Loaded> answers = new LinkedBlockingQueue<>();
    thread.load(id(1), isGivenUp -> hang(new FakeModel(id(1))), answers::add);
    clock.passTimeout();
    answers.take();

    // when
    thread.load(id(1), isGivenUp -> fit(new FakeModel(id(1))), answers::add);

    // then
    Loaded.Hung answer = (Loaded.Hung) answers.take();
    assertThat(answer.reason())
        .isInstanceOf(RetriableModelException.class)
        .hasMessageStartingWith("digits/1 is not loaded: its last load has not come back");
    assertThat(answer.cameBack().toCompletableFuture()).isNotDone();

    // when
    hung.countDown();
    answer.cameBack().toCompletableFuture().join();
    thread.load(id(1), isGivenUp -> fit(new FakeModel(id(1))), answers::add);

    // then
    assertThat(answers.take()).isInstanceOf(Loaded.Fit.class);
  }

  @Test
  void shouldNotTakeAPauseOfTheProcessForAHungLoad() throws Exception {
    // given
    BlockingQueue<Loaded> answers = new LinkedBlockingQueue<>();
    thread.load(id(1), isGivenUp -> hang(new FakeModel(id(1))), answers::add);

    // when
    clock.look();

    // then
    hung.countDown();
    assertThat(answers.take()).isInstanceOf(Loaded.Fit.class);
  }

  @Test
  void shouldLoadNothingMoreBeforeOneOfTooManyThatHangComesBack() throws Exception {
    // given
    BlockingQueue<Loaded> answers = new LinkedBlockingQueue<>();
    for (int i = 0; i < LoadThread.MOST_LEFT_BEHIND; i++) {
      thread.load(id(i), isGivenUp -> hang(new FakeModel(id(9))), answers::add);
      clock.passTimeout();
      assertThat(answers.take()).isInstanceOf(Loaded.Hung.class);
    }

    // when
    thread.load(id(7), isGivenUp -> fit(new FakeModel(id(7))), answers::add);

    // then
    Loaded.Hung answer = (Loaded.Hung) answers.take();
    assertThat(answer.reason())
        .isInstanceOf(RetriableModelException.class)
        .hasMessageStartingWith(
            "digits/7 is not loaded: 3 loads of this model have not come back ([digits/0, digits/1, digits/2])");
    assertThat(answer.cameBack().toCompletableFuture()).isNotDone();

    // when
    hung.countDown();
    answer.cameBack().toCompletableFuture().join();
    thread.load(id(7), isGivenUp -> fit(new FakeModel(id(7))), answers::add);

    // then
    assertThat(answers.take()).isInstanceOf(Loaded.Fit.class);
  }

  @Test
  void shouldEndALoadThatWaitsForASlot() throws Exception {
    // given
    BlockingQueue<Loaded> answers = new LinkedBlockingQueue<>();
    CountDownLatch taken = new CountDownLatch(1);
    Thread other =
        new Thread(
            () ->
                slots.run(
                    slot -> {
                      taken.countDown();
                      var unused = hang(new FakeModel(id(9)));
                    }));
    other.setDaemon(true);
    other.start();
    taken.await();
    thread.load(id(1), isGivenUp -> fit(new FakeModel(id(1))), answers::add);

    // when
    thread.stop(new ModelException("closed"));

    // then
    assertThat(answers.take())
        .isInstanceOfSatisfying(
            Loaded.Failed.class, failed -> assertThat(failed.reason()).hasMessage("closed"));

    // when there is a slot after all
    hung.countDown();
    thread.shutdown();
    threads.get(0).join();

    // then
    assertThat(answers).isEmpty();
  }

  private Loaded hang(FakeModel model) {
    try {
      hung.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts a load", e);
    }
    return fit(model);
  }

  private Loaded fit(FakeModel model) {
    return new Loaded.Fit(
        new FitLoader(
                Fitness.of(Set.of(ModelSettings.DEFAULT_SIGNATURE), Set.of(1)),
                terms,
                (id, directory, signatures) -> model)
            .load(model.id(), empty, () -> false));
  }

  private static ServableId id(long version) {
    return new ServableId("digits", version);
  }

  /** Looks when it is told to. */
  private static final class HandDrivenClock extends ScheduledThreadPoolExecutor {

    private final BlockingQueue<Runnable> looks = new LinkedBlockingQueue<>();

    HandDrivenClock() {
      super(1);
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(
        Runnable look, long initialDelay, long delay, TimeUnit unit) {
      looks.add(look);
      return schedule(() -> {}, 0, TimeUnit.NANOSECONDS);
    }

    /** Once, at the load that began last. */
    void look() throws InterruptedException {
      looks.take().run();
    }

    void passTimeout() throws InterruptedException {
      Runnable look = looks.take();
      for (int i = 0; i < 16; i++) {
        look.run();
      }
    }
  }
}

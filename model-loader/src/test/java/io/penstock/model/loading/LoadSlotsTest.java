package io.penstock.model.loading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class LoadSlotsTest {

  @Test
  void shouldRunNoMoreLoadsThanThereAreSlots() throws Exception {
    // given
    LoadSlots slots = new LoadSlots(2);
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CountDownLatch both = new CountDownLatch(2);
    CompletableFuture<?>[] loads = new CompletableFuture<?>[8];

    // when
    for (int i = 0; i < loads.length; i++) {
      loads[i] =
          CompletableFuture.runAsync(
              () ->
                  slots.run(
                      slot -> {
                        most.accumulateAndGet(running.incrementAndGet(), Math::max);
                        both.countDown();
                        await(both);
                        running.decrementAndGet();
                      }),
              task -> new Thread(task).start());
    }
    CompletableFuture.allOf(loads).get(30, TimeUnit.SECONDS);

    // then
    assertThat(most).hasValue(2);
  }

  @Test
  void shouldFreeTheSlotOfALoadThatFails() {
    // given
    LoadSlots slots = new LoadSlots(1);
    AtomicInteger ran = new AtomicInteger();

    // when
    assertThatThrownBy(
            () ->
                slots.run(
                    slot -> {
                      throw new IllegalStateException("no natives");
                    }))
        .isInstanceOf(IllegalStateException.class);
    slots.run(slot -> ran.incrementAndGet());

    // then
    assertThat(ran).hasValue(1);
  }

  @Test
  void shouldFreeASlotOnceWhenItIsClosedEarly() {
    // given
    LoadSlots slots = new LoadSlots(1);
    AtomicInteger ran = new AtomicInteger();

    // when
    slots.run(
        slot -> {
          slot.close();
          slots.run(other -> ran.incrementAndGet());
          slot.close();
        });

    // then
    slots.run(slot -> ran.incrementAndGet());
    assertThat(ran).hasValue(2);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

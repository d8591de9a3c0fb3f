package io.penstock.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class HorizonTest {

  private final AtomicInteger reached = new AtomicInteger();
  private final Horizon horizon = new Horizon(reached::incrementAndGet);

  @Test
  void shouldBeReachedByTheFirstRecordThatIsHeldBackAndNotBefore() {
    horizon.holdBack(1_000);
    horizon.read(999);
    assertThat(reached).hasValue(0);
    horizon.read(1_000);

    assertThat(reached).hasValue(1);
    assertThat(horizon.isReached()).isTrue();
  }

  @Test
  void shouldKnowWhatWasReadBefore() {
    horizon.read(1_000);
    horizon.read(500);
    horizon.holdBack(1_000);

    assertThat(horizon.isReached()).isTrue();
    horizon.holdBack(1_001);
    assertThat(horizon.isReached()).isFalse();
  }

  @Test
  void shouldHoldNothingBackOnceItIsReleased() {
    horizon.holdBack(1_000);
    horizon.release();
    horizon.read(2_000);

    assertThat(reached).hasValue(0);
    assertThat(horizon.isReached()).isFalse();
  }

  /** What is read at the moment at which it is held back. */
  @Test
  void shouldBeNoticedByTheReaderOrByWhoHoldsBack() throws Exception {
    CyclicBarrier start = new CyclicBarrier(2);
    for (int round = 0; round < 1_000; round++) {
      AtomicBoolean noticed = new AtomicBoolean();
      Horizon raced = new Horizon(() -> noticed.set(true));
      Thread reader =
          new Thread(
              () -> {
                meet(start);
                raced.read(1_000);
              });
      reader.start();
      meet(start);
      raced.holdBack(1_000);
      boolean known = raced.isReached();
      reader.join();

      assertThat(known || noticed.get()).as("round %d", round).isTrue();
    }
  }

  private static void meet(CyclicBarrier barrier) {
    try {
      barrier.await(30, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}

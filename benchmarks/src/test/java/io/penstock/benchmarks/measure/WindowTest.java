package io.penstock.benchmarks.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class WindowTest {

  private static final CpuMeter.Reading NOTHING = new CpuMeter.Reading(0, 0, 0);

  private final Window window = new Window(1000);

  @Test
  void shouldLastFromHalfToAll() {
    assertThat(window.wants(499)).isFalse();
    assertThat(window.wants(510)).isTrue();
    window.mark(mark(2_000_000_000L, 510));
    assertThat(window.wants(999)).isFalse();
    assertThat(window.wants(1020)).isTrue();
    window.mark(mark(4_500_000_000L, 1020));

    assertThat(window.isComplete()).isTrue();
    assertThat(window.count()).isEqualTo(510);
    assertThat(window.seconds()).isEqualTo(2.5);
  }

  @Test
  void shouldWantNothingMoreOnceItIsComplete() {
    window.mark(mark(0, 500));
    window.mark(mark(1, 1000));

    assertThat(window.wants(1100)).isFalse();
  }

  @Test
  void shouldNotBeReadBeforeItIsComplete() {
    window.mark(mark(0, 500));

    assertThatIllegalStateException().isThrownBy(window::count);
  }

  private static Window.Mark mark(long nanoTime, long count) {
    return new Window.Mark(Instant.EPOCH, nanoTime, count, NOTHING, NOTHING);
  }
}

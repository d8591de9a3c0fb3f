package io.penstock.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SightingTest {

  /** Version 1 from 100 on, 2 from 200 on, and 1 again from 300 on. */
  private static final NavigableMap<Long, Long> ACTIVATIONS =
      new TreeMap<>(Map.of(100L, 1L, 200L, 2L, 300L, 1L));

  @Test
  void shouldNotBeLateWithWhatServes() {
    assertThat(lateness(1, 150)).isZero();
    assertThat(lateness(2, 200)).isZero();
    assertThat(lateness(1, 999)).isZero();
  }

  @Test
  void shouldBeLateFromWhenItsVersionWasLeft() {
    assertThat(lateness(1, 270)).isEqualTo(70);
    assertThat(lateness(2, 1000)).isEqualTo(700);
  }

  @Test
  void shouldNotBeOfAVersionThatHasNotServed() {
    assertThatThrownBy(() -> lateness(2, 199)).isInstanceOf(AssertionError.class);
    assertThatThrownBy(() -> lateness(3, 999)).isInstanceOf(AssertionError.class);
  }

  private static long lateness(long version, long at) {
    return new Sighting("REST", 0, version, at, List.of()).lateness(ACTIVATIONS);
  }
}

package io.penstock.batching;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Batchers held against {@link RandomWalk}'s naive model, over random settings and events. */
class BatcherPropertyTest {

  private static final int WALKS = Integer.getInteger("penstock.property.walks", 600);

  @Test
  void shouldKeepItsWordWhateverTheOrderOfEvents() {
    long base = Long.getLong("penstock.property.seed", 20261122L);
    int rows = 0;
    int together = 0;
    for (long seed = base; seed < base + WALKS; seed++) {
      RandomWalk walk = new RandomWalk(seed);
      try {
        walk.run();
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed: " + seed + ", " + walk, e);
      }
      rows += walk.rows();
      together += walk.together();
    }
    assertThat(rows).as("rows taken").isGreaterThan(30 * WALKS);
    assertThat(together).as("batches that left with others").isGreaterThan(WALKS / 2);
  }
}

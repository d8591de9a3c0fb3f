package io.penstock.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StatisticsTest {

  @Test
  void shouldTakeTheMiddleOfAnOddNumber() {
    assertThat(Statistics.of(3, 1, 2)).isEqualTo(new Statistics(2, 1, 3, 3));
  }

  @Test
  void shouldTakeTheMeanOfTheTwoInTheMiddleOfAnEvenNumber() {
    assertThat(Statistics.of(4, 1, 2, 9).median()).isEqualTo(3);
  }

  @Test
  void shouldSayThatNothingWasMeasured() {
    assertThat(Statistics.of().median()).isNaN();
  }

  @Test
  void shouldHaveAsManySamplesBelowTheMedianAsAbove() {
    long seed = Long.getLong("penstock.property.seed", 1L);
    Random random = new Random(seed);
    for (int round = 0; round < 200; round++) {
      double[] samples = random.doubles(1 + random.nextInt(9)).toArray();

      double median = Statistics.of(samples).median();

      assertThat(Arrays.stream(samples).filter(s -> s < median).count())
          .as("seed %d, %s", seed, Arrays.toString(samples))
          .isEqualTo(Arrays.stream(samples).filter(s -> s > median).count());
    }
  }
}

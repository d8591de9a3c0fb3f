package io.penstock.batching.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class CautiousPlanTest {

  private static final int ROWS = 128;

  private final BatchPlan fixed = BatchPlan.fixed(ROWS, Duration.ofMillis(5));
  private final CautiousPlan plan = new CautiousPlan(fixed, 2, 4 * ROWS);

  @Test
  void shouldBeThePlanBehindItUntilACommitIsLate() {
    ran(10);

    assertThat(plan.target()).isSameAs(fixed.target());
  }

  @Test
  void shouldBeginSmallAfterALateCommitAndSmallerAfterTheNext() {
    plan.late();
    BatchTarget first = plan.target();
    ran(1);
    plan.late();

    assertThat(first.rows()).isEqualTo(32);
    assertThat(first.inFlightRows()).isEqualTo(64);
    assertThat(first.lingerNanos()).isEqualTo(fixed.target().lingerNanos());
    assertThat(plan.target().rows()).isEqualTo(8);
  }

  @Test
  void shouldCountThreadsThatAreLateTogetherOnce() {
    plan.late();
    plan.late();

    assertThat(plan.target().rows()).isEqualTo(32);
  }

  @Test
  void shouldAlwaysRunSomething() {
    for (int i = 0; i < 10; i++) {
      plan.late();
      ran(1);
    }

    assertThat(plan.target().rows()).isPositive();
  }

  @Test
  void shouldGrowBackByARowARun() {
    plan.late();
    ran(10);
    BatchTarget onTheWay = plan.target();
    ran(ROWS);

    assertThat(onTheWay.rows()).isEqualTo(42);
    assertThat(plan.target()).isSameAs(fixed.target());
  }

  /** Two stream threads, of which each may have an inference thread busy for 1.875 s. */
  @Test
  void shouldHaveNoMoreUnderWayThanIsComputedWhileACommitCanWait() {
    plan.commitsWithin(Duration.ofMillis(7500));

    plan.ran(1, 1, 40_000_000);

    assertThat(plan.target().inFlightRows()).isEqualTo(46);
    assertThat(plan.target().rows()).isEqualTo(46);
  }

  /** It is asked for every record. */
  @Test
  void shouldMakeNothingWhileItSaysTheSame() {
    plan.commitsWithin(Duration.ofMillis(7500));
    plan.ran(1, 1, 40_000_000);
    BatchTarget timely = plan.target();
    BatchTarget again = plan.target();
    plan.late();
    BatchTarget small = plan.target();

    assertThat(again).isSameAs(timely);
    assertThat(small.rows()).isLessThan(timely.rows());
    assertThat(plan.target()).isSameAs(small);
  }

  /** Two versions that share the records by their timestamps alternate. */
  @Test
  void shouldNotForgetWhatRunsTakeWhenAnEarlierVersionRunsToo() {
    plan.commitsWithin(Duration.ofMillis(7500));
    plan.ran(2, 1, 40_000_000);

    plan.ran(1, 1, 1_000);
    plan.ran(2, 1, 40_000_000);

    assertThat(plan.target().inFlightRows()).isEqualTo(46);
  }

  @Test
  void shouldHaveARowUnderWayThoughItTakesTooLong() {
    plan.commitsWithin(Duration.ofMillis(7500));

    plan.ran(1, 1, 4_000_000_000L);

    assertThat(plan.target().inFlightRows()).isEqualTo(1);
  }

  @Test
  void shouldGrowWithRunsWhoseTimeDoesNotGrowWithTheirRows() {
    plan.commitsWithin(Duration.ofMillis(7500));

    plan.ran(1, 1, 500_000_000);
    int atFirst = plan.target().inFlightRows();
    for (int i = 0; i < 50; i++) {
      plan.ran(1, plan.target().rows(), 500_000_000);
    }

    assertThat(atFirst).isEqualTo(3);
    assertThat(plan.target().rows()).isEqualTo(ROWS);
    assertThat(plan.target().inFlightRows()).isBetween(3 * ROWS, 4 * ROWS);
  }

  @Test
  void shouldBeginWithWhatTheWarmUpTook() {
    plan.commitsWithin(Duration.ofMillis(7500));

    plan.expects(2, Duration.ofMillis(80));
    int atFirst = plan.target().inFlightRows();
    ran(10);

    assertThat(atFirst).isEqualTo(46);
    assertThat(plan.target()).isSameAs(fixed.target());
  }

  /** A run of a row, by code that is not compiled yet. */
  @Test
  void shouldSoonForgetThatTheFirstRunWasSlow() {
    plan.commitsWithin(Duration.ofMillis(7500));
    plan.expects(ROWS, Duration.ofMillis(10));

    plan.ran(1, 1, 300_000_000);
    int afterTheFirst = plan.target().inFlightRows();
    for (int i = 0; i < 5; i++) {
      plan.ran(1, 8, 8_000_000);
    }

    assertThat(afterTheFirst).isBetween(20, 30);
    assertThat(plan.target()).isSameAs(fixed.target());
  }

  @Test
  void shouldForgetHowSlowAnotherVersionWas() {
    plan.commitsWithin(Duration.ofMillis(7500));
    plan.ran(1, 1, 40_000_000);

    plan.ran(2, 1, 40_000);

    assertThat(plan.target()).isSameAs(fixed.target());
  }

  /** Or the next commit would be late as the last one was. */
  @Test
  void shouldNotGrowBackBeyondWhatIsComputedWhileACommitCanWait() {
    plan.commitsWithin(Duration.ofMillis(7500));
    plan.late();
    for (int i = 0; i < 2 * ROWS; i++) {
      plan.ran(1, 1, 40_000_000);
    }

    assertThat(plan.target().inFlightRows()).isEqualTo(46);
  }

  private void ran(int runs) {
    for (int i = 0; i < runs; i++) {
      plan.ran(1, 1, 1);
    }
  }
}

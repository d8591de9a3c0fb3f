package io.penstock.demo.digits;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ScheduleTest {

  @Test
  void shouldSpreadRecordsEvenlyOverEachSecond() {
    Schedule schedule = new Schedule(1_000, 3);

    assertThat(schedule.dueNanos(0)).isEqualTo(1_000);
    assertThat(schedule.dueNanos(1)).isEqualTo(1_000 + 333_333_333L);
    assertThat(schedule.dueNanos(2)).isEqualTo(1_000 + 666_666_666L);
    assertThat(schedule.dueNanos(3)).isEqualTo(1_000 + 1_000_000_000L);
  }

  @Test
  void shouldNotDriftOverDays() {
    Schedule schedule = new Schedule(0, 70_000);

    assertThat(schedule.dueNanos(70_000L * 86_400 * 365)).isEqualTo(86_400L * 365 * 1_000_000_000);
  }
}

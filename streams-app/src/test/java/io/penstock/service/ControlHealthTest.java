package io.penstock.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.http.HealthReport;
import org.junit.jupiter.api.Test;

final class ControlHealthTest {

  private final ControlHealth health = new ControlHealth();

  @Test
  void shouldBeReadyOnlyWhileItFollows() {
    assertThat(health.report()).isEqualTo(new HealthReport.ControlPlane(false, "STARTING", ""));

    health.following();

    assertThat(health.report()).isEqualTo(new HealthReport.ControlPlane(true, "FOLLOWING", ""));
  }

  @Test
  void shouldTellAnOrderlyStopFromAFailure() {
    health.following();
    health.stopped();
    health.failed(new IllegalStateException("interrupted while closing"));

    assertThat(health.report()).isEqualTo(new HealthReport.ControlPlane(false, "STOPPED", ""));
  }

  @Test
  void shouldStandByTheFirstFailure() {
    health.failed(new IllegalStateException("access denied"));
    health.failed(new IllegalStateException("closed"));
    health.following();
    health.stopped();

    assertThat(health.report())
        .isEqualTo(new HealthReport.ControlPlane(false, "FAILED", "access denied"));
  }

  @Test
  void shouldNameAFailureWithoutAMessage() {
    health.failed(new NullPointerException());

    assertThat(health.report().detail()).isEqualTo("java.lang.NullPointerException");
  }
}

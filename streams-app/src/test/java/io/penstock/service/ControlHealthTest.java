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
  void shouldComeBackFromBeingStale() {
    health.following();
    health.stale("cut off");
    assertThat(health.report()).isEqualTo(new HealthReport.ControlPlane(false, "STALE", "cut off"));

    health.following();

    assertThat(health.report()).isEqualTo(new HealthReport.ControlPlane(true, "FOLLOWING", ""));
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
  void shouldBeFailedOnlyAsLongAsAccessIsDenied() {
    health.following();
    health.denied("controller", new IllegalStateException("not authorized"));
    health.denied("decisions", new IllegalStateException("not authorized"));
    health.stale("cut off");
    health.admitted("decisions");
    health.following();
    assertThat(health.report())
        .isEqualTo(
            new HealthReport.ControlPlane(
                false, "FAILED", "access denied to the controller: not authorized"));

    health.admitted("controller");

    assertThat(health.report()).isEqualTo(new HealthReport.ControlPlane(true, "FOLLOWING", ""));
  }

  @Test
  void shouldNameAFailureWithoutAMessage() {
    health.failed(new NullPointerException());

    assertThat(health.report().detail()).isEqualTo("java.lang.NullPointerException");
  }
}

package io.penstock.model.source;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class LoggedSourceTest {

  @Test
  void shouldPassReportsOn() {
    SourceReport report = new SourceReport.Unavailable("gone");

    assertThat(new LoggedSource("digits", () -> report).scan()).isSameAs(report);
  }

  @Test
  void shouldReportASourceThatFails() {
    // given
    ModelSource broken =
        () -> {
          throw new IllegalStateException("no network");
        };

    // when
    SourceReport report = new LoggedSource("digits", broken).scan();

    // then
    assertThat(report)
        .isEqualTo(
            new SourceReport.Unavailable(
                "Could not scan for servable digits: java.lang.IllegalStateException: no network"));
  }
}

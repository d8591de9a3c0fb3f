package io.penstock.model.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.model.RecordedLog;
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

    RecordedLog log = new RecordedLog();
    LoggedSource source = new LoggedSource("digits", broken, log);

    // when
    SourceReport report = source.scan();
    source.scan();

    // then
    String reason =
        "Could not scan for servable digits: java.lang.IllegalStateException: no network";
    assertThat(report).isEqualTo(new SourceReport.Unavailable(reason));

    // and the log says once where
    assertThat(log.messages()).containsExactly(reason);
    assertThat(log.lines().get(0).failure()).isInstanceOf(IllegalStateException.class);
  }
}

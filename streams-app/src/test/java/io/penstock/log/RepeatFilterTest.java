package io.penstock.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.Filter.Result;
import org.apache.logging.log4j.core.impl.Log4jLogEvent;
import org.apache.logging.log4j.message.SimpleMessage;
import org.junit.jupiter.api.Test;

final class RepeatFilterTest {

  /** Log4j takes 0 for now. */
  private static final long BEGIN = 1_000_000;

  private final RepeatFilter filter = new RepeatFilter(Duration.ofMinutes(1));

  @Test
  void shouldLeaveOutARepeatUntilTheTimeIsOver() {
    assertThat(write("a", Level.WARN, "no broker", 0)).isEqualTo(Result.NEUTRAL);
    assertThat(write("a", Level.WARN, "no broker", 1)).isEqualTo(Result.DENY);
    assertThat(write("a", Level.WARN, "no broker", 59_999)).isEqualTo(Result.DENY);
    assertThat(write("a", Level.WARN, "no broker", 60_000)).isEqualTo(Result.NEUTRAL);
    assertThat(write("a", Level.WARN, "no broker", 60_001)).isEqualTo(Result.DENY);
  }

  @Test
  void shouldLeaveOutNothingElse() {
    assertThat(write("a", Level.WARN, "no broker", 0)).isEqualTo(Result.NEUTRAL);
    assertThat(write("a", Level.WARN, "no broker at 9092", 1)).isEqualTo(Result.NEUTRAL);
    assertThat(write("b", Level.WARN, "no broker", 1)).isEqualTo(Result.NEUTRAL);
    assertThat(write("a", Level.ERROR, "no broker", 1)).isEqualTo(Result.NEUTRAL);
    assertThat(write("a", Level.INFO, "started", 1)).isEqualTo(Result.NEUTRAL);
    assertThat(write("a", Level.INFO, "started", 2)).isEqualTo(Result.NEUTRAL);
  }

  @Test
  void shouldForgetTheOldestOfTooMany() {
    for (int i = 0; i <= 500; i++) {
      assertThat(write("a", Level.WARN, "line " + i, 0)).isEqualTo(Result.NEUTRAL);
    }
    assertThat(write("a", Level.WARN, "line 500", 1)).isEqualTo(Result.DENY);
    assertThat(write("a", Level.WARN, "line 0", 1)).isEqualTo(Result.NEUTRAL);
  }

  private Result write(String logger, Level level, String message, long atMillis) {
    return filter.filter(
        Log4jLogEvent.newBuilder()
            .setLoggerName(logger)
            .setLevel(level)
            .setMessage(new SimpleMessage(message))
            .setTimeMillis(BEGIN + atMillis)
            .build());
  }
}

package io.penstock.log;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.filter.AbstractFilter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leaves out a warning or error whose very words the same logger has written within some time, such
 * as that of a client which cannot reach its broker and tries again. The first that passes again
 * comes behind a line that says how many were left out. Thread-safe.
 */
final class RepeatFilter extends AbstractFilter {

  private static final Logger log = LoggerFactory.getLogger(RepeatFilter.class);

  /** So many are remembered, those that were last written longest ago forgotten first. */
  private static final int MOST_REMEMBERED = 500;

  private final long withinMillis;

  // @GuardedBy("this")
  private final Map<Line, Written> written =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Line, Written> eldest) {
          return size() > MOST_REMEMBERED;
        }
      };

  private record Line(String logger, Level level, String message) {}

  private record Written(long atMillis, long leftOut) {}

  RepeatFilter(Duration within) {
    super(Result.NEUTRAL, Result.DENY);
    this.withinMillis = within.toMillis();
  }

  @Override
  public Result filter(LogEvent event) {
    if (!event.getLevel().isMoreSpecificThan(Level.WARN)) {
      return onMatch;
    }
    Line line =
        new Line(event.getLoggerName(), event.getLevel(), event.getMessage().getFormattedMessage());
    long leftOut = passes(line, event.getTimeMillis());
    if (leftOut > 0) {
      log.warn("left out repeats={} within={} of: {}", leftOut, withinMillis, line.message());
    }
    return leftOut < 0 ? onMismatch : onMatch;
  }

  /** How many were left out before this one, or −1 if it is left out too. */
  private synchronized long passes(Line line, long nowMillis) {
    Written last = written.get(line);
    long since = last == null ? 0 : nowMillis - last.atMillis();
    if (last != null && since >= 0 && since < withinMillis) {
      written.put(line, new Written(last.atMillis(), last.leftOut() + 1));
      return -1;
    }
    written.remove(line); // so that it is the youngest
    written.put(line, new Written(nowMillis, 0));
    return last == null ? 0 : last.leftOut();
  }
}

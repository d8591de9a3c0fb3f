package io.penstock.model;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/** A log that keeps what is written to it. Thread-safe. */
public final class RecordedLog extends LegacyAbstractLogger {

  private static final long serialVersionUID = 1L;

  /**
   * A line.
   *
   * @param failure whose stack trace follows, if one does
   */
  public record Line(Level level, String message, @Nullable Throwable failure) {}

  private final transient List<Line> lines = new CopyOnWriteArrayList<>();

  /** What has been written so far. */
  public List<Line> lines() {
    return lines;
  }

  /** The messages of what has been written so far. */
  public List<String> messages() {
    return lines.stream().map(Line::message).toList();
  }

  @Override
  protected void handleNormalizedLoggingCall(
      Level level,
      @Nullable Marker marker,
      String format,
      Object @Nullable [] arguments,
      @Nullable Throwable failure) {
    lines.add(new Line(level, MessageFormatter.basicArrayFormat(format, arguments), failure));
  }

  @Override
  protected @Nullable String getFullyQualifiedCallerName() {
    return null;
  }

  @Override
  public boolean isTraceEnabled() {
    return true;
  }

  @Override
  public boolean isDebugEnabled() {
    return true;
  }

  @Override
  public boolean isInfoEnabled() {
    return true;
  }

  @Override
  public boolean isWarnEnabled() {
    return true;
  }

  @Override
  public boolean isErrorEnabled() {
    return true;
  }
}

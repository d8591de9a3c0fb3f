package io.penstock.benchmarks.measure;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The steady part of a drain: from the first sight of 50 % of the records to the first sight of all
 * of them, so that starting, joining a group and most of the compiling stay out. Not thread-safe.
 */
final class Window {

  private static final double STEADY_FROM = 0.5;

  private final long records;
  private @Nullable Mark from;
  private @Nullable Mark to;

  Window(long records) {
    this.records = records;
  }

  /** How many records were there at a time, and what had been spent on them. */
  record Mark(
      Instant at, long nanoTime, long count, CpuMeter.Reading subject, CpuMeter.Reading broker) {}

  /** Whether a sight of that count is an edge of the window, to be told by {@link #mark}. */
  boolean wants(long count) {
    return from == null ? count >= records * STEADY_FROM : to == null && count >= records;
  }

  /** Takes the edge: the first one, then the second. */
  void mark(Mark mark) {
    if (from == null) {
      from = mark;
    } else {
      to = mark;
    }
  }

  boolean isComplete() {
    return to != null;
  }

  Mark from() {
    return edge(from);
  }

  Mark to() {
    return edge(to);
  }

  /** Records within the window. */
  long count() {
    return to().count() - from().count();
  }

  /** How long it lasted. */
  double seconds() {
    return (to().nanoTime() - from().nanoTime()) / 1e9;
  }

  private static Mark edge(@Nullable Mark mark) {
    if (mark == null) {
      throw new IllegalStateException("The window is not complete");
    }
    return mark;
  }
}

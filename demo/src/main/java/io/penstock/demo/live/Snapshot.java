package io.penstock.demo.live;

import io.penstock.demo.check.Accuracy;
import java.time.Duration;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How things stand at a moment.
 *
 * @param elapsed since the stream began
 * @param perSecond outcomes in the last second or so
 * @param p50Millis from when a record was due to when its outcome was received, in the last second
 *     or so
 * @param serving the version that made the latest prediction
 * @param averageBatchRows as the service says, if it does
 */
public record Snapshot(
    Duration elapsed,
    long in,
    long out,
    double perSecond,
    long p50Millis,
    long p99Millis,
    OptionalLong serving,
    OptionalDouble averageBatchRows,
    SortedMap<Long, Accuracy> accuracy) {

  public Snapshot {
    accuracy = new TreeMap<>(accuracy);
  }
}

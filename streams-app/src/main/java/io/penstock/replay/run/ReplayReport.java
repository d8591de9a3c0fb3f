package io.penstock.replay.run;

import io.penstock.codec.DeadLetterReason;
import io.penstock.pipeline.PipelineStatistics;
import io.penstock.replay.timeline.PartitionRange;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a replay has done.
 *
 * @param ranges what was computed once more
 * @param records of the input that were in them
 * @param predictions that were written, tombstones included
 * @param deadLetters by their reasons; none that did not occur
 * @param fingerprints of the versions that were made ready for it, by version
 */
public record ReplayReport(
    List<PartitionRange> ranges,
    long records,
    long predictions,
    Map<DeadLetterReason, Long> deadLetters,
    SortedMap<Long, String> fingerprints) {

  public ReplayReport {
    ranges = List.copyOf(ranges);
    deadLetters = Collections.unmodifiableMap(new TreeMap<>(deadLetters));
    fingerprints = Collections.unmodifiableSortedMap(new TreeMap<>(fingerprints));
  }

  /** What a processor has counted. */
  public static ReplayReport of(
      List<PartitionRange> ranges,
      PipelineStatistics counted,
      SortedMap<Long, String> fingerprints) {
    Map<DeadLetterReason, Long> deadLetters = new EnumMap<>(DeadLetterReason.class);
    for (DeadLetterReason reason : DeadLetterReason.values()) {
      if (counted.deadLetters(reason) > 0) {
        deadLetters.put(reason, counted.deadLetters(reason));
      }
    }
    return new ReplayReport(
        ranges, counted.admittedRecords(), counted.predictions(), deadLetters, fingerprints);
  }

  /** Dead letters, of whatever reason. */
  public long deadLetterCount() {
    return deadLetters.values().stream().mapToLong(Long::longValue).sum();
  }
}

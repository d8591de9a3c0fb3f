package io.penstock.service;

import io.penstock.testkit.OutcomeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Where the partitions of an input went over from version to version, told by the headers of the
 * outcomes alone. Not thread-safe.
 */
final class VersionRuns {

  private final Map<Integer, List<Run>> runs = new TreeMap<>();

  /** From that input on, up to the next run, a version serves. */
  private record Run(String version, long offset) {

    @Override
    public String toString() {
      return version + "@" + offset;
    }
  }

  /** Takes the next outcome of a partition. */
  void add(ConsumerRecord<byte[], byte[]> outcome) {
    OutcomeSource source = OutcomeSource.of(outcome);
    List<Run> ofPartition =
        runs.computeIfAbsent(source.input().partition(), partition -> new ArrayList<>());
    if (ofPartition.isEmpty() || !last(ofPartition).equals(source.version())) {
      ofPartition.add(new Run(source.version(), source.offset()));
    }
  }

  /** Whether the last outcome of each of so many partitions is by that version. */
  boolean lastAreAll(int partitions, String version) {
    return runs.size() == partitions
        && runs.values().stream().allMatch(ofPartition -> last(ofPartition).equals(version));
  }

  /** The versions that served a partition, one after the other. */
  List<String> versions(int partition) {
    return runs.get(partition).stream().map(Run::version).toList();
  }

  /** Of each partition, the versions with their first offsets, as {@code 2@1842}. */
  Map<Integer, List<String>> firsts() {
    Map<Integer, List<String>> firsts = new TreeMap<>();
    runs.forEach(
        (partition, ofPartition) ->
            firsts.put(partition, ofPartition.stream().map(Run::toString).toList()));
    return firsts;
  }

  private static String last(List<Run> ofPartition) {
    return ofPartition.get(ofPartition.size() - 1).version();
  }
}

package io.penstock.replay.timeline;

import io.penstock.replay.ReplayException;
import io.penstock.schemas.Cutover;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which versions have served a pipeline's records, as the cutovers on the audit topic tell it:
 * complete under {@code exactly_once_v2}, since a cutover is in the transaction of its record's
 * outcome. Not thread-safe.
 */
public final class Timeline {

  private final Subject subject;
  private final Map<Integer, NavigableMap<Long, Stretch>> partitions = new HashMap<>();

  /**
   * What a timeline is about.
   *
   * @param topic the pipeline's input
   * @param auditTopic where its cutovers stand
   */
  public record Subject(String pipeline, String model, String topic, String auditTopic) {}

  /** Records from an offset on, up to the next stretch. */
  private record Stretch(String model, ServedBy served) {}

  /** A timeline without cutovers. */
  public Timeline(Subject subject) {
    this.subject = subject;
  }

  /**
   * Takes the next cutover of the audit; those of other pipelines and topics are passed over. Where
   * a partition is read again, or its topic was made anew, what was told from that offset on holds
   * no more.
   */
  public void add(Cutover cutover) {
    if (!cutover.getPipeline().equals(subject.pipeline())
        || !cutover.getTopic().equals(subject.topic())) {
      return;
    }
    NavigableMap<Long, Stretch> stretches =
        partitions.computeIfAbsent(cutover.getPartition(), partition -> new TreeMap<>());
    stretches.tailMap(cutover.getOffset(), true).clear();
    stretches.put(cutover.getOffset(), new Stretch(model(cutover), served(cutover)));
  }

  /** Older releases did not name it. */
  private String model(Cutover cutover) {
    return cutover.getModel().isEmpty() ? subject.model() : cutover.getModel();
  }

  private static ServedBy served(Cutover cutover) {
    Instant from = cutover.getEffectiveFrom();
    Long before = cutover.getFrom();
    ServedBy served =
        from == null || before == null
            ? ServedBy.all(cutover.getTo())
            : ServedBy.from(from.toEpochMilli(), cutover.getTo(), before);
    Instant refusedBefore = cutover.getRefusedBefore();
    return refusedBefore == null ? served : served.refusingBefore(refusedBefore.toEpochMilli());
  }

  /**
   * What has served these records. Those that the pipeline has not come to yet are taken for served
   * by what served last.
   *
   * @throws ReplayException if the timeline begins after one of the ranges, or tells of another
   *     model than the pipeline has
   */
  public VersionPlan over(List<PartitionRange> ranges) {
    List<String> unknown = new ArrayList<>();
    Set<Long> versions = new TreeSet<>();
    Map<Integer, NavigableMap<Long, ServedBy>> plan = new HashMap<>();
    for (PartitionRange range : ranges) {
      if (range.length() > 0) {
        NavigableMap<Long, Stretch> stretches =
            partitions.getOrDefault(range.partition(), new TreeMap<>());
        Optional<String> gap = gap(range, stretches);
        gap.ifPresent(unknown::add);
        if (gap.isEmpty()) {
          NavigableMap<Long, ServedBy> served = within(range, stretches);
          served.values().forEach(stretch -> versions.addAll(stretch.versions()));
          plan.put(range.partition(), served);
        }
      }
    }
    if (!unknown.isEmpty()) {
      throw new ReplayException(
          "The audit topic %s does not tell which versions have served pipeline %s: %s. What it had may have gone by its retention (retention.ms). Replay from a later record on, or with --versions active"
              .formatted(subject.auditTopic(), subject.pipeline(), String.join("; ", unknown)));
    }
    return new Excerpt(plan, versions);
  }

  private Optional<String> gap(PartitionRange range, NavigableMap<Long, Stretch> stretches) {
    if (stretches.isEmpty()) {
      return Optional.of("of %s-%d nothing".formatted(subject.topic(), range.partition()));
    }
    return stretches.firstKey() <= range.from()
        ? Optional.empty()
        : Optional.of(
            "of %s-%d from offset %d on (expected: from %d on, where the replay begins)"
                .formatted(subject.topic(), range.partition(), stretches.firstKey(), range.from()));
  }

  private NavigableMap<Long, ServedBy> within(
      PartitionRange range, NavigableMap<Long, Stretch> stretches) {
    NavigableMap<Long, ServedBy> within = new TreeMap<>();
    stretches
        .subMap(stretches.floorKey(range.from()), true, range.until(), false)
        .forEach(
            (offset, stretch) -> {
              requireSameModel(range.partition(), offset, stretch);
              within.put(offset, stretch.served());
            });
    return within;
  }

  private void requireSameModel(int partition, long offset, Stretch stretch) {
    if (!stretch.model().equals(subject.model())) {
      throw new ReplayException(
          "pipeline %s: from %s-%d@%d on its records were served by model %s (expected: %s, which it has now). Replay from a later record on, or with --versions active"
              .formatted(
                  subject.pipeline(),
                  subject.topic(),
                  partition,
                  offset,
                  stretch.model(),
                  subject.model()));
    }
  }

  /** The part of a timeline that some ranges have, by partition and offset. */
  private record Excerpt(Map<Integer, NavigableMap<Long, ServedBy>> partitions, Set<Long> versions)
      implements VersionPlan {

    @Override
    public ServedBy at(int partition, long offset) {
      NavigableMap<Long, ServedBy> stretches = partitions.get(partition);
      Map.Entry<Long, ServedBy> stretch = stretches == null ? null : stretches.floorEntry(offset);
      if (stretch == null) {
        throw new IllegalArgumentException(
            "partition %d, offset %d (expected: within the ranges of the plan)"
                .formatted(partition, offset));
      }
      return stretch.getValue();
    }
  }
}

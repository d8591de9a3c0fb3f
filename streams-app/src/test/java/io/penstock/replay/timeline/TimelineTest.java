package io.penstock.replay.timeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.replay.ReplayException;
import io.penstock.schemas.Cutover;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TimelineTest {

  private static final Instant NOON = Instant.parse("2030-01-31T12:00:00Z");

  private final Timeline timeline =
      new Timeline(new Timeline.Subject("scores", "digits", "in", "svc.audit"));

  @Test
  void shouldTellEachRecordsVersion() {
    timeline.add(cutover(0, 10, null, 1));
    timeline.add(cutover(0, 20, 1L, 2));
    timeline.add(cutover(1, 0, null, 3));

    VersionPlan plan = timeline.over(List.of(range(0, 12, 30), range(1, 5, 6)));

    assertThat(plan.at(0, 12)).isEqualTo(ServedBy.all(1));
    assertThat(plan.at(0, 19)).isEqualTo(ServedBy.all(1));
    assertThat(plan.at(0, 20)).isEqualTo(ServedBy.all(2));
    assertThat(plan.at(0, 29)).as("not served yet: as the last").isEqualTo(ServedBy.all(2));
    assertThat(plan.at(1, 5)).isEqualTo(ServedBy.all(3));
    assertThat(plan.versions()).containsExactly(1L, 2L, 3L);
  }

  @Test
  void shouldNameOnlyWhatTheRangesNeed() {
    timeline.add(cutover(0, 0, null, 1));
    timeline.add(cutover(0, 10, 1L, 2));
    timeline.add(cutover(0, 20, 2L, 3));

    assertThat(timeline.over(List.of(range(0, 10, 20))).versions()).containsExactly(2L);
    assertThat(timeline.over(List.of(range(0, 9, 21))).versions()).containsExactly(1L, 2L, 3L);
    assertThat(timeline.over(List.of(range(7, 4, 4))).versions()).as("no records").isEmpty();
  }

  @Test
  void shouldTellBothVersionsThatShareRecordsByTheirTimestamps() {
    Cutover shared = cutover(0, 5, 1L, 2);
    shared.put("effectiveFrom", NOON);
    timeline.add(cutover(0, 0, null, 1));
    timeline.add(shared);
    timeline.add(cutover(0, 9, 2L, 2));

    VersionPlan plan = timeline.over(List.of(range(0, 5, 12)));

    assertThat(plan.at(0, 8)).isEqualTo(ServedBy.from(NOON.toEpochMilli(), 2, 1));
    assertThat(plan.at(0, 9)).as("version 1 is retired").isEqualTo(ServedBy.all(2));
    assertThat(plan.versions()).containsExactly(1L, 2L);
  }

  @Test
  void shouldGiveNoVersionToStragglersThatWereRefused() {
    Cutover retired = cutover(0, 9, 2L, 2);
    retired.put("refusedBefore", NOON);
    timeline.add(retired);
    timeline.add(cutover(0, 12, 2L, 3));

    VersionPlan plan = timeline.over(List.of(range(0, 9, 13)));

    assertThat(plan.at(0, 11)).isEqualTo(ServedBy.all(2).refusingBefore(NOON.toEpochMilli()));
    assertThat(plan.at(0, 12)).as("promoted for all records").isEqualTo(ServedBy.all(3));
  }

  @Test
  void shouldPassOverOtherPipelinesAndTopics() {
    Cutover other = cutover(0, 0, null, 7);
    other.put("pipeline", "others");
    Cutover before = cutover(0, 0, null, 8);
    before.put("topic", "in-before");
    Cutover nameless = cutover(0, 0, null, 1);
    nameless.put("model", "");
    timeline.add(other);
    timeline.add(nameless);
    timeline.add(before);

    assertThat(timeline.over(List.of(range(0, 0, 1))).versions()).containsExactly(1L);
  }

  @Test
  void shouldSayWhereItBeginsTooLate() {
    timeline.add(cutover(0, 120, 1L, 2));

    assertThatThrownBy(() -> timeline.over(List.of(range(0, 119, 130), range(1, 0, 1))))
        .isInstanceOf(ReplayException.class)
        .hasMessageContainingAll(
            "svc.audit",
            "pipeline scores",
            "of in-0 from offset 120 on (expected: from 119 on",
            "of in-1 nothing",
            "--versions active");
  }

  @Test
  void shouldSayThatAnotherModelHasServed() {
    Cutover other = cutover(0, 0, null, 3);
    other.put("model", "cats");
    timeline.add(other);
    timeline.add(cutover(0, 50, null, 1));

    assertThatThrownBy(() -> timeline.over(List.of(range(0, 0, 100))))
        .isInstanceOf(ReplayException.class)
        .hasMessageContaining("from in-0@0 on its records were served by model cats");
    assertThat(timeline.over(List.of(range(0, 50, 100))).versions()).containsExactly(1L);
  }

  /** A pipeline that is promoted, moved, and set back now and then, against what it has served. */
  @Test
  void shouldTellWhatWasServedWhateverThePipelineWentThrough() {
    long firstSeed = Long.getLong("penstock.property.seed", 1L);
    for (long seed = firstSeed; seed < firstSeed + 300; seed++) {
      Random random = new Random(seed);
      Timeline told = new Timeline(new Timeline.Subject("scores", "digits", "in", "svc.audit"));
      Map<Long, ServedBy> served = serve(told, random);
      long end = served.keySet().stream().mapToLong(Long::longValue).max().orElse(0) + 1;
      long from = random.nextInt((int) end);

      VersionPlan plan = told.over(List.of(range(0, from, end)));

      for (long offset = from; offset < end; offset++) {
        assertThat(plan.at(0, offset))
            .as("seed %d, offset %d", seed, offset)
            .isEqualTo(served.get(offset));
      }
    }
  }

  /** What has served each record last. Whoever is set back comes back to where it was. */
  private static Map<Long, ServedBy> serve(Timeline told, Random random) {
    Map<Long, ServedBy> served = new HashMap<>();
    ServedBy serving = ServedBy.all(1);
    ServedBy last = null;
    long offset = 0;
    long end = 0;
    for (int step = 0; step < 200 || offset < end; step++) {
      switch (random.nextInt(12)) {
        case 0 -> serving = ServedBy.all(1 + random.nextInt(4));
        case 1 -> serving = ServedBy.from(random.nextInt(100), 1 + random.nextInt(4), 5);
        case 2 -> last = null; // Another instance takes the partition.
        case 3 -> {
          if (random.nextInt(8) == 0 && step < 200) {
            offset = random.nextInt((int) offset + 1);
            last = null;
          }
        }
        default -> {
          if (!serving.equals(last)) {
            told.add(cutover(offset, last, serving));
            last = serving;
          }
          served.put(offset, serving);
          offset++;
          end = Math.max(end, offset);
        }
      }
    }
    return served;
  }

  private static Cutover cutover(long offset, @Nullable ServedBy last, ServedBy next) {
    Long from = last == null ? null : Long.valueOf(last.version());
    Cutover cutover = cutover(0, offset, from, next.version());
    if (next.earlier().isPresent()) {
      cutover.put("from", next.earlier().getAsLong());
      cutover.put("effectiveFrom", Instant.ofEpochMilli(next.fromMillis()));
    }
    return cutover;
  }

  private static PartitionRange range(int partition, long from, long until) {
    return new PartitionRange(partition, from, until);
  }

  private static Cutover cutover(int partition, long offset, @Nullable Long from, long to) {
    return Cutover.newBuilder()
        .setPipeline("scores")
        .setModel("digits")
        .setTopic("in")
        .setPartition(partition)
        .setOffset(offset)
        .setFrom(from)
        .setTo(to)
        .setEpoch(0)
        .setTime(Instant.EPOCH)
        .build();
  }
}

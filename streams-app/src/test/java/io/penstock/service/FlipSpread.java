package io.penstock.service;

import io.penstock.testkit.AuditTrail;
import java.util.ArrayList;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * How long after the first partition the last one went over to a new version, for each promotion:
 * by the times at which the broker took their cutovers, each of which goes before the first outcome
 * of the new version. So it is what a reader sees rather than what instances say, and a little more
 * than between the instances. Partitions that had to be assigned anew do not count.
 *
 * @param calm of promotions in which nobody was killed, in ascending order, in milliseconds
 * @param killed of those in which somebody was, likewise
 */
record FlipSpread(List<Long> calm, List<Long> killed) {

  /**
   * Of all promotions.
   *
   * @param killed the epochs in which somebody was killed
   */
  static FlipSpread of(List<AuditTrail.Dated> cutovers, Set<Long> killed) {
    Map<Long, LongSummaryStatistics> times = new TreeMap<>();
    for (AuditTrail.Dated dated : cutovers) {
      if (dated.cutover().getFrom() != null) {
        times
            .computeIfAbsent(dated.cutover().getEpoch(), epoch -> new LongSummaryStatistics())
            .accept(dated.at());
      }
    }
    List<Long> calmSpreads = new ArrayList<>();
    List<Long> killedSpreads = new ArrayList<>();
    times.forEach(
        (epoch, ofEpoch) ->
            (killed.contains(epoch) ? killedSpreads : calmSpreads)
                .add(ofEpoch.getMax() - ofEpoch.getMin()));
    return new FlipSpread(
        calmSpreads.stream().sorted().toList(), killedSpreads.stream().sorted().toList());
  }

  /** Of promotions in which nobody was killed, in milliseconds. */
  long median() {
    return percentile(calm, 50);
  }

  private static long percentile(List<Long> ascending, int percent) {
    return ascending.get((ascending.size() - 1) * percent / 100);
  }

  @Override
  public String toString() {
    return "p50=%d p99=%d max=%d ms%s"
        .formatted(
            median(),
            percentile(calm, 99),
            percentile(calm, 100),
            killed.isEmpty() ? "" : ", with a kill max=" + percentile(killed, 100) + " ms");
  }
}

package io.penstock.control.client;

import io.penstock.schemas.InstanceReport;
import io.penstock.schemas.ModelDecision;
import io.penstock.schemas.Preparation;
import io.penstock.schemas.Readiness;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * How a fleet stands at one moment. Immutable.
 *
 * @param decisions the newest one of each model
 * @param live the last report of each live instance about each of its models; liveness by the clock
 *     of the machine that asks
 */
public record FleetView(SortedMap<String, ModelDecision> decisions, List<Heard> live) {

  public FleetView {
    decisions = Collections.unmodifiableSortedMap(new TreeMap<>(decisions));
    live = List.copyOf(live);
  }

  /** A report, and when it was made. */
  public record Heard(InstanceReport report, Instant at) {}

  /** How far live instances are with a promotion. */
  public Progress progress(String model, long epoch) {
    List<InstanceReport> reports =
        live.stream().map(Heard::report).filter(r -> r.getModel().equals(model)).toList();
    return new Progress(
        reports.size(),
        (int) count(reports, epoch, Readiness.READY),
        reports.stream()
            .filter(report -> !is(report, epoch, Readiness.READY))
            .map(InstanceReport::getInstance)
            .toList());
  }

  private static long count(List<InstanceReport> reports, long epoch, Readiness readiness) {
    Stream<InstanceReport> all = reports.stream();
    return all.filter(report -> is(report, epoch, readiness)).count();
  }

  private static boolean is(InstanceReport report, long epoch, Readiness readiness) {
    Preparation preparation = report.getPreparation();
    return preparation != null
        && preparation.getEpoch() == epoch
        && preparation.getReadiness() == readiness;
  }

  /**
   * Instances that are to be ready.
   *
   * @param waitedFor those that are not
   */
  public record Progress(int instances, int ready, List<String> waitedFor) {}
}

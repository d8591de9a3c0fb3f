package io.penstock.control;

import io.penstock.schemas.InstanceReport;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which instances are live, per model, and the last report of each. Immutable.
 *
 * <p>An instance is dead when it has been silent for the time-out <em>while others were heard</em>.
 * So that a controller that was itself cut off or paused does not take the whole fleet for dead
 * when the first report gets through again, the clock that counts silence is driven by the reports:
 * each moves it on by the time since the one before, but by a quarter of the time-out at most.
 * After a gap of any length everybody still has three quarters of the time-out to be heard; after a
 * takeover, when all reports are read at once, the whole of it.
 */
public final class Attendance {

  private static final int STEPS_PER_TIMEOUT = 4;

  private final long timeoutNanos;
  private final SortedMap<Member, Presence> presences;
  private final long silenceClock;
  private final long lastReportNanos;

  private Attendance(
      long timeoutNanos,
      SortedMap<Member, Presence> presences,
      long silenceClock,
      long lastReportNanos) {
    this.timeoutNanos = timeoutNanos;
    this.presences = Collections.unmodifiableSortedMap(presences);
    this.silenceClock = silenceClock;
    this.lastReportNanos = lastReportNanos;
  }

  /** Nobody heard yet. */
  public static Attendance empty(Duration livenessTimeout) {
    return new Attendance(livenessTimeout.toNanos(), new TreeMap<>(), 0, 0);
  }

  /** After a report; whoever has been silent for too long is gone. */
  public Attendance heard(InstanceReport report, long nowNanos) {
    return after(report, true, nowNanos);
  }

  /** After a report from before this attendance was taken: whose it is may have gone since. */
  public Attendance found(InstanceReport report, long nowNanos) {
    return after(report, false, nowNanos);
  }

  private Attendance after(InstanceReport report, boolean heard, long nowNanos) {
    long clock = silenceClock + (presences.isEmpty() ? 0 : step(nowNanos));
    TreeMap<Member, Presence> next = new TreeMap<>(presences);
    next.values().removeIf(presence -> clock - presence.heardAt() >= timeoutNanos);
    next.put(
        new Member(report.getModel(), report.getInstance()), new Presence(report, clock, heard));
    return new Attendance(timeoutNanos, next, clock, nowNanos);
  }

  private long step(long nowNanos) {
    return Math.min(Math.max(nowNanos - lastReportNanos, 0), timeoutNanos / STEPS_PER_TIMEOUT);
  }

  /** After an instance said that it no longer serves the model. */
  public Attendance left(String instance, String model) {
    TreeMap<Member, Presence> next = new TreeMap<>(presences);
    next.remove(new Member(model, instance));
    return new Attendance(timeoutNanos, next, silenceClock, lastReportNanos);
  }

  /** The last report of each live instance that serves the model, by instance. */
  public List<InstanceReport> live(String model) {
    return presences(model).map(Presence::report).toList();
  }

  /** Of these, of whom more is known than that they have been there. */
  List<InstanceReport> heard(String model) {
    return presences(model).filter(Presence::heard).map(Presence::report).toList();
  }

  private Stream<Presence> presences(String model) {
    return presences.entrySet().stream()
        .filter(entry -> entry.getKey().model().equals(model))
        .map(Map.Entry::getValue);
  }

  /** The models that live instances serve. */
  public SortedSet<String> models() {
    return presences.keySet().stream()
        .map(Member::model)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private record Member(String model, String instance) implements Comparable<Member> {

    @Override
    public int compareTo(Member other) {
      int byModel = model.compareTo(other.model);
      return byModel == 0 ? instance.compareTo(other.instance) : byModel;
    }
  }

  private record Presence(InstanceReport report, long heardAt, boolean heard) {}
}

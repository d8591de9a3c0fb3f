package io.penstock.model.lifecycle.lease;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The leases of all versions of a model that are not closed yet; says which are out for too long.
 * Thread-safe.
 */
public final class LeaseWatch {

  private static final Logger LOG = LoggerFactory.getLogger(LeaseWatch.class);

  private final Duration limit;
  private final List<Leases> watched = new CopyOnWriteArrayList<>();

  /**
   * @param limit how long a lease may be out
   */
  public LeaseWatch(Duration limit) {
    this.limit = limit;
  }

  /** The leases of a version that is loaded. */
  public void add(Leases leases) {
    watched.add(leases);
  }

  /** The version is closed. */
  public void remove(Leases leases) {
    watched.remove(leases);
  }

  /** The leases that are out. */
  public List<HeldLease> outstanding() {
    return watched.stream().flatMap(leases -> leases.outstanding().stream()).toList();
  }

  /** The leases that are out for too long, a sentence each. */
  public List<String> overdue() {
    List<String> overdue = new ArrayList<>();
    for (Leases leases : watched) {
      leases.outstanding().stream()
          .filter(lease -> lease.age().compareTo(limit) > 0)
          .forEach(lease -> overdue.add(describe(leases, lease)));
    }
    return overdue;
  }

  private String describe(Leases leases, HeldLease lease) {
    return "%s has been leased by %s, longer than %d s: it cannot be unloaded before."
        .formatted(leases.version().id(), lease, limit.toSeconds());
  }

  /** Logs the leases that are out for too long, each once. To be called by one thread. */
  public void report() {
    for (Leases leases : watched) {
      for (HeldLease lease : leases.overdue(limit)) {
        LOG.warn(
            "{} A thread dump shows what that thread does; a batch that does not end keeps its lease.",
            describe(leases, lease));
      }
    }
  }
}

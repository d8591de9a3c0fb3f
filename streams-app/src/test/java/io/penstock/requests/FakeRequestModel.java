package io.penstock.requests;

import io.penstock.batching.FakeModel;
import io.penstock.model.Lease;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Versions 1 and 2 of the {@link FakeModel}, of which one is active and labels stand for. */
final class FakeRequestModel implements RequestModel {

  final FakeModel first = new FakeModel(1);
  final FakeModel second = new FakeModel(2);
  private final Map<Long, FakeModel> versions = new TreeMap<>(Map.of(1L, first, 2L, second));
  private final AtomicReference<@Nullable Error> failure = new AtomicReference<>();
  private volatile long active = 1;

  void activate(long version) {
    active = version;
  }

  @Override
  public String name() {
    return "fake";
  }

  @Override
  public long active() {
    return active;
  }

  @Override
  public Optional<Long> labelled(String label) {
    return Optional.of(2L).filter(version -> label.equals("canary"));
  }

  /** Fails once the next version that is leased on a request thread. */
  void failOnRequestThread(Error next) {
    failure.set(next);
  }

  @Override
  public Optional<Lease> acquire(long version) {
    if (Thread.currentThread().getName().endsWith("-requests")) {
      Error next = failure.getAndSet(null);
      if (next != null) {
        throw next;
      }
    }
    return Optional.ofNullable(versions.get(version)).flatMap(FakeModel::acquire);
  }
}

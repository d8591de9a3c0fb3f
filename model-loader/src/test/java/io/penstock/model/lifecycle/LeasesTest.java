package io.penstock.model.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.model.Lease;
import io.penstock.model.Rows;
import io.penstock.model.ServableId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class LeasesTest {

  private final FakeModel model = new FakeModel(new ServableId("digits", 1));
  private final Leases leases = new Leases(model);
  private volatile Leases serving = leases;

  @Test
  void shouldLeaseTheVersionUntilItRetires() {
    // given
    Lease lease = leases.acquire().orElseThrow();

    // when
    CompletableFuture<Void> drained = leases.retire().toCompletableFuture();

    // then
    assertThat(lease.version()).isSameAs(model);
    assertThat(leases.acquire()).isEmpty();
    assertThat(drained).isNotDone();
    assertThat(leases.held()).isEqualTo(1);
    lease.close();
    assertThat(drained).isCompleted();
  }

  @Test
  void shouldBeDrainedAtOnceWhenNobodyHoldsALease() {
    leases.acquire().orElseThrow().close();

    assertThat(leases.retire().toCompletableFuture()).isCompleted();
    assertThat(leases.retire().toCompletableFuture()).isCompleted();
  }

  @Test
  void shouldCountALeaseOnceHoweverOftenItIsClosed() {
    // given
    Lease twice = leases.acquire().orElseThrow();
    Lease other = leases.acquire().orElseThrow();

    // when
    twice.close();
    twice.close();

    // then
    CompletableFuture<Void> drained = leases.retire().toCompletableFuture();
    assertThat(drained).isNotDone();
    other.close();
    assertThat(drained).isCompleted();
  }

  @Test
  @Timeout(120)
  void shouldNeverRunOnAClosedVersionHoweverThreadsInterleave() throws Exception {
    // given threads that lease whatever serves, and one that retires version after version
    int threads = 8;
    int versions = 3_000;
    LongAdder runs = new LongAdder();
    LongAdder refusals = new LongAdder();
    CyclicBarrier start = new CyclicBarrier(threads + 1);
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    List<Future<?>> workers = new ArrayList<>();
    AtomicBoolean over = new AtomicBoolean();
    for (int i = 0; i < threads; i++) {
      workers.add(
          executor.submit(
              () -> {
                Rows inputs = Rows.of(FakeModel.SIGNATURE.inputs(), 1);
                Rows outputs = Rows.of(FakeModel.SIGNATURE.outputs(), 1);
                start.await();
                while (!over.get()) {
                  serving
                      .acquire()
                      .ifPresentOrElse(
                          lease -> {
                            // Throws if the version has been closed.
                            lease.version().run(FakeModel.SIGNATURE, inputs, 1, outputs);
                            lease.close();
                            lease.close();
                            runs.increment();
                          },
                          refusals::increment);
                }
                return null;
              }));
    }

    // when
    List<CompletableFuture<Void>> closed = new ArrayList<>();
    start.await();
    for (int version = 1; version <= versions; version++) {
      Leases old = serving;
      while (((FakeModel) old.version()).runs() == 0) {
        Thread.onSpinWait();
      }
      serving = newLeases(version);
      FakeModel oldModel = (FakeModel) old.version();
      closed.add(old.retire().thenRun(oldModel::close).toCompletableFuture());
    }
    over.set(true);
    for (Future<?> worker : workers) {
      worker.get(60, TimeUnit.SECONDS);
    }
    executor.shutdown();

    // then every retired version was drained, and closed exactly once
    assertThat(closed).hasSize(versions).allSatisfy(future -> assertThat(future).isCompleted());
    assertThat(runs.sum() + refusals.sum()).isPositive();
    assertThat(serving.held()).isZero();
  }

  private static Leases newLeases(long version) {
    return new Leases(new FakeModel(new ServableId("digits", version)));
  }
}

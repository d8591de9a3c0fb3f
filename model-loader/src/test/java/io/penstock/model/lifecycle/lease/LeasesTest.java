package io.penstock.model.lifecycle.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.model.Lease;
import io.penstock.model.Rows;
import io.penstock.model.ServableId;
import io.penstock.model.lifecycle.FakeModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class LeasesTest {

  private final FakeModel model = new FakeModel(new ServableId("digits", 1));
  private final AtomicLong nowNanos = new AtomicLong();
  private final Leases leases = new Leases(model, nowNanos::get);
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
  void shouldNameTheHolderOfALeaseThatIsHeldForLongOnce() throws Exception {
    // given
    Lease early = acquireOn("pipeline-a-StreamThread-1");
    nowNanos.set(Duration.ofSeconds(50).toNanos());
    Lease late = acquireOn("pipeline-b-StreamThread-1");

    // when
    nowNanos.set(Duration.ofSeconds(61).toNanos());
    List<HeldLease> overdue = leases.overdue(Duration.ofSeconds(60));

    // then
    assertThat(overdue)
        .extracting(Object::toString)
        .containsExactly("pipeline-a-StreamThread-1 for 61 s");
    assertThat(leases.overdue(Duration.ofSeconds(60))).isEmpty();
    assertThat(leases.outstanding())
        .extracting(HeldLease::holder)
        .containsExactlyInAnyOrder("pipeline-a-StreamThread-1", "pipeline-b-StreamThread-1");

    // when they are back
    early.close();
    late.close();

    // then
    assertThat(leases.outstanding()).isEmpty();
  }

  @Test
  void shouldGiveMoreLeasesThanItCanName() {
    // given
    List<Lease> all = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      all.add(leases.acquire().orElseThrow());
    }

    // when
    CompletableFuture<Void> drained = leases.retire().toCompletableFuture();

    // then
    assertThat(leases.held()).isEqualTo(1_000);
    assertThat(leases.outstanding()).isNotEmpty().hasSizeLessThan(1_000);
    all.forEach(Lease::close);
    assertThat(drained).isCompleted();
    assertThat(leases.outstanding()).isEmpty();
  }

  @Test
  @Timeout(120)
  void shouldNeverRunOnAClosedVersionHoweverThreadsInterleave() throws Exception {
    // given threads that lease whatever serves, and one that retires version after version
    int threads = 8;
    int leasesOfEach = 100_000 / threads;
    int retirements = 500;
    AtomicLong runs = new AtomicLong();
    CyclicBarrier start = new CyclicBarrier(threads + 1);
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    List<Future<?>> workers = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      workers.add(
          executor.submit(
              () -> {
                Rows inputs = Rows.of(FakeModel.SIGNATURE.inputs(), 1);
                Rows outputs = Rows.of(FakeModel.SIGNATURE.outputs(), 1);
                start.await();
                for (int leased = 0; leased < leasesOfEach; ) {
                  Optional<Lease> lease = serving.acquire();
                  if (lease.isPresent()) {
                    // Throws if the version has been closed.
                    lease.get().version().run(FakeModel.SIGNATURE, inputs, 1, outputs);
                    lease.get().close();
                    lease.get().close();
                    leased++;
                    runs.incrementAndGet();
                  }
                }
                return null;
              }));
    }

    // when
    List<Leases> retired = new ArrayList<>();
    List<CompletableFuture<Void>> closed = new ArrayList<>();
    start.await();
    for (int version = 1; version <= retirements; version++) {
      // Spread over all leases.
      while (runs.get() < (long) version * threads * leasesOfEach / (retirements + 1)) {
        Thread.onSpinWait();
      }
      Leases old = serving;
      serving = newLeases(version);
      FakeModel oldModel = (FakeModel) old.version();
      retired.add(old);
      closed.add(old.retire().thenRun(oldModel::close).toCompletableFuture());
    }
    for (Future<?> worker : workers) {
      worker.get(60, TimeUnit.SECONDS);
    }
    executor.shutdown();

    // then every retired version was drained, and closed exactly once
    assertThat(runs).hasValue(100_000);
    assertThat(closed).hasSize(retirements).allSatisfy(future -> assertThat(future).isCompleted());
    assertThat(retired)
        .allSatisfy(
            leases -> {
              assertThat(leases.held()).isZero();
              assertThat(leases.outstanding()).isEmpty();
            });
    assertThat(serving.held()).isZero();
    assertThat(serving.outstanding()).isEmpty();
  }

  private Lease acquireOn(String thread) throws InterruptedException {
    AtomicReference<Lease> lease = new AtomicReference<>();
    Thread holder = new Thread(() -> lease.set(leases.acquire().orElseThrow()), thread);
    holder.start();
    holder.join();
    return lease.get();
  }

  private static Leases newLeases(long version) {
    return new Leases(new FakeModel(new ServableId("digits", version)), System::nanoTime);
  }
}

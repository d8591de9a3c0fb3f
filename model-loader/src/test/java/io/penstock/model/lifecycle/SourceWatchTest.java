package io.penstock.model.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.model.source.ModelSource;
import io.penstock.model.source.SourceReport;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class SourceWatchTest {

  private static final Duration NEVER = Duration.ofDays(1);

  private final HintedSource source = new HintedSource();
  private final LinkedBlockingQueue<SourceReport> reports = new LinkedBlockingQueue<>();
  private SourceWatch watch = watch(NEVER);

  @AfterEach
  void closeWatch() {
    watch.close();
  }

  @Test
  void shouldScanAtOnceAndThenWhenTheSourceSaysThatItMayHaveChanged() throws Exception {
    // given
    watch.start();
    assertThat(reports.take()).isEqualTo(report(1));

    // when
    source.hint.set(true);

    // then
    assertThat(reports.take()).isEqualTo(report(2));
  }

  @Test
  void shouldScanAgainAndAgainWithoutAnyHint() throws Exception {
    // given
    watch.close();
    watch = watch(Duration.ofMillis(1));

    // when
    watch.start();

    // then
    for (int scan = 0; scan < 3; scan++) {
      reports.take();
    }
  }

  @Test
  void shouldPollHoweverManyHintsThereAre() throws Exception {
    // given
    watch.close();
    // a hint at every look, of which there are several before the poll is due
    watch = watch(Duration.ofMillis(250));
    source.alwaysHints.set(true);

    // when
    watch.start();

    // then there are polls, for which the source is not asked, after the first as well
    while (source.polls.get() < 2) {
      reports.take();
    }
  }

  @Test
  void shouldLookOnAfterAnyError() throws Exception {
    // given
    watch.close();
    watch = watch(Duration.ofMillis(1));
    source.failures.set(3);

    // when
    watch.start();

    // then
    assertThat(reports.take()).isEqualTo(report(4));
    source.failures.set(1);
    CompletableFuture<Boolean> next = new CompletableFuture<>();
    watch.scanAndThen(() -> next.complete(true));
    assertThat(next.join()).isTrue();
  }

  @Test
  void shouldReportAScanBeforeItGoesOn() {
    // given
    CompletableFuture<Integer> reportsBefore = new CompletableFuture<>();

    // when
    boolean scans = watch.scanAndThen(() -> reportsBefore.complete(reports.size()));

    // then
    assertThat(scans).isTrue();
    assertThat(reportsBefore.join()).isEqualTo(1);
  }

  @Test
  void shouldCloseItsSourceOnceOnTheThreadThatScans() throws Exception {
    // given
    watch.start();
    reports.take();

    // when
    watch.close();
    watch.close();

    // then
    assertThat(source.closed.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(source.threads).allSatisfy(thread -> assertThat(thread).isEqualTo("watch"));
    assertThat(source.closed.getCount()).isZero();
    assertThat(source.closes).hasValue(1);
    assertThat(watch.scanAndThen(() -> {})).isFalse();
  }

  private SourceWatch watch(Duration pollInterval) {
    return new SourceWatch(source, pollInterval, reports::add, task -> new Thread(task, "watch"));
  }

  private static SourceReport report(int scan) {
    return new SourceReport.Unavailable("scan " + scan);
  }

  /** Counts its scans, and hints when told to. */
  private static final class HintedSource implements ModelSource {

    final AtomicBoolean hint = new AtomicBoolean();
    final AtomicBoolean alwaysHints = new AtomicBoolean();
    final AtomicInteger polls = new AtomicInteger();
    final AtomicInteger failures = new AtomicInteger();
    final AtomicInteger closes = new AtomicInteger();
    final CountDownLatch closed = new CountDownLatch(1);
    final List<String> threads = new CopyOnWriteArrayList<>();
    private int scans;
    private boolean hinted;

    @Override
    public SourceReport scan() {
      if (!hinted) {
        polls.incrementAndGet();
      }
      hinted = false;
      threads.add(Thread.currentThread().getName());
      scans++;
      if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
        throw new OutOfMemoryError("thrown by a test");
      }
      return report(scans);
    }

    @Override
    public boolean mayHaveChanged() {
      hinted = alwaysHints.get() || hint.getAndSet(false);
      return hinted;
    }

    @Override
    public void close() {
      threads.add(Thread.currentThread().getName());
      closes.incrementAndGet();
      closed.countDown();
    }
  }
}

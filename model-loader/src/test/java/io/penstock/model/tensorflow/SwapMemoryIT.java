package io.penstock.model.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.penstock.model.Lease;
import io.penstock.model.ModelSignature;
import io.penstock.model.NumericColumn;
import io.penstock.model.Rows;
import io.penstock.model.fitness.Fitness;
import io.penstock.model.lifecycle.ModelRuntime;
import io.penstock.model.lifecycle.ModelSettings;
import io.penstock.model.lifecycle.VersionState;
import io.penstock.model.lifecycle.VersionStatus;
import io.penstock.model.loading.LoadSlots;
import io.penstock.model.loading.LoadTerms;
import io.penstock.model.memory.MemoryLimit;
import io.penstock.model.memory.ModelFiles;
import io.penstock.model.memory.NativeMemory;
import io.penstock.model.source.AspiredVersion;
import io.penstock.model.source.SourceReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A model of 49 MB is swapped again and again, within a limit for two versions, while two threads
 * run batches all the time: no swap is refused, no batch fails, and memory comes back. {@code
 * -Dswaps=1000} swaps as often.
 */
@Timeout(3600)
final class SwapMemoryIT {

  private static final int SWAPS = Integer.getInteger("swaps", 30);
  private static final int SETTLED = 20;
  private static final int READINGS = 5;
  private static final int THREADS = 2;
  private static final int ROWS = 4;
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");

  @TempDir private Path directory;

  private final LinkedBlockingQueue<VersionStatus> ended = new LinkedBlockingQueue<>();
  private volatile long offered = 1;
  private volatile long active = 1;
  private volatile boolean stopped;

  @Test
  void shouldGiveBackTheMemoryOfEveryVersionAndFailNoBatch(TestReporter reporter) throws Exception {
    // given
    assumeThat(STATUS).exists();
    assumeThat(SWAPS).isGreaterThanOrEqualTo(SETTLED + READINGS);
    LargeModel.save(directory);
    List<Long> resident = new ArrayList<>();
    ExecutorService load = Executors.newFixedThreadPool(THREADS);
    try (ModelRuntime runtime =
        new ModelRuntime(
            settings(),
            this::offer,
            new SavedModelLoader(SessionSettings.defaults()),
            terms(),
            InstantSource.system())) {
      runtime.addListener(this::note);
      runtime.start();
      runtime.whenAvailable(1).toCompletableFuture().get(60, TimeUnit.SECONDS);
      List<Future<Long>> runs = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        Callable<Long> batches = () -> runBatches(runtime);
        runs.add(load.submit(batches));
      }

      // when
      long begin = System.nanoTime();
      for (int swap = 1; swap <= SWAPS; swap++) {
        swap(runtime);
        boolean counts = swap <= SETTLED || swap > SWAPS - READINGS;
        resident.add(counts ? residentBytes() : 0);
      }
      double seconds = (System.nanoTime() - begin) / 1e9;

      // then
      stopped = true;
      long batches = 0;
      for (Future<Long> run : runs) {
        batches += run.get(60, TimeUnit.SECONDS);
      }
      long settled = middle(resident.subList(SETTLED - READINGS, SETTLED));
      long last = middle(resident.subList(SWAPS - READINGS, SWAPS));
      reporter.publishEntry(
          "%d swaps in %.1f s beside %d batches; resident after 1: %d MB, after %d: %d MB, after the last: %d MB"
              .formatted(
                  SWAPS,
                  seconds,
                  batches,
                  resident.get(0) / 1_000_000,
                  SETTLED,
                  settled / 1_000_000,
                  last / 1_000_000));
      assertThat(batches).isPositive();
      assertThat((double) last / settled).isLessThan(1.1);
    } finally {
      stopped = true;
      load.shutdownNow();
    }
  }

  /** The defaults, but for batches: warm-up runs no others than these. */
  private ModelSettings settings() {
    ModelSettings defaults = ModelSettings.of("large", directory);
    return new ModelSettings(
        defaults.name(),
        defaults.basePath(),
        defaults.pollInterval(),
        defaults.versions(),
        defaults.transition(),
        defaults.retries(),
        Fitness.of(defaults.fitness().signatures(), Set.of(ROWS)),
        defaults.leaseLimit(),
        defaults.drainTimeout());
  }

  /** A limit for two versions of which each takes twice its files. */
  private LoadTerms terms() throws IOException {
    MemoryLimit limit =
        new MemoryLimit("inference.native-memory", 2 * 2 * ModelFiles.bytes(directory));
    return new LoadTerms(
        new LoadSlots(1),
        new NativeMemory(Optional.of(limit)),
        Optional.empty(),
        LoadTerms.DEFAULT_TIMEOUT);
  }

  /** As a service does it: both versions are retained until the next serves. */
  private void swap(ModelRuntime runtime) throws Exception {
    long next = active + 1;
    offered = next;
    runtime.retain(Set.of(active, next));
    runtime.whenAvailable(next).toCompletableFuture().get(60, TimeUnit.SECONDS);
    active = next;
    runtime.retain(Set.of(next));
    VersionStatus gone = ended.poll(60, TimeUnit.SECONDS);
    assertThat(gone).isNotNull();
    assertThat(gone.id().version()).isEqualTo(next - 1);
    assertThat(gone.error()).isEmpty();
  }

  private SourceReport offer() {
    long version = offered;
    return new SourceReport.Aspired(
        new TreeMap<>(
            Map.of(
                version - 1,
                new AspiredVersion(version - 1, directory, "same"),
                version,
                new AspiredVersion(version, directory, "same"))),
        new TreeMap<>());
  }

  private void note(VersionStatus status) {
    if (status.state() == VersionState.END) {
      ended.add(status);
    }
  }

  /** Runs batches on whichever version is active; fails with the first that fails. */
  private long runBatches(ModelRuntime runtime) {
    Rows inputs = null;
    Rows outputs = null;
    long batches = 0;
    while (!stopped) {
      Optional<Lease> acquired = runtime.acquire(active);
      if (acquired.isEmpty()) {
        continue; // It has been swapped since.
      }
      try (Lease lease = acquired.get()) {
        ModelSignature signature =
            lease.version().signature(ModelSettings.DEFAULT_SIGNATURE).orElseThrow();
        if (inputs == null || outputs == null) {
          inputs = inputs(signature);
          outputs = Rows.of(signature.outputs());
        }
        lease.version().run(signature, inputs, ROWS, outputs);
        assertMeans(outputs);
      }
      batches++;
    }
    return batches;
  }

  /** Each row's elements are its number. */
  private static Rows inputs(ModelSignature signature) {
    Rows inputs = Rows.of(signature.inputs(), ROWS);
    NumericColumn x = (NumericColumn) inputs.column(0);
    for (int row = 0; row < ROWS; row++) {
      for (int element = 0; element < LargeModel.WIDTH; element++) {
        x.putFloat(x.offset(row, element), row);
      }
    }
    return inputs;
  }

  private static void assertMeans(Rows outputs) {
    NumericColumn mean = (NumericColumn) outputs.column(0);
    for (int row = 0; row < ROWS; row++) {
      assertThat(mean.floatAt(mean.offset(row, row))).isEqualTo(row, offset(1e-3f));
    }
  }

  /** Without garbage, as far as the virtual machine gives its memory back. */
  private static long residentBytes() throws IOException {
    System.gc();
    Matcher matcher = RESIDENT.matcher(Files.readString(STATUS));
    assertThat(matcher.find()).isTrue();
    return Long.parseLong(matcher.group(1)) << 10;
  }

  private static long middle(List<Long> readings) {
    return readings.stream().sorted().skip(readings.size() / 2).findFirst().orElseThrow();
  }
}

package io.penstock.model.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.model.Lease;
import io.penstock.model.ModelSignature;
import io.penstock.model.NumericColumn;
import io.penstock.model.Rows;
import io.penstock.model.TestModels;
import io.penstock.model.lifecycle.ModelRuntime;
import io.penstock.model.lifecycle.ModelSettings;
import io.penstock.model.lifecycle.VersionState;
import io.penstock.model.source.ModelSource;
import io.penstock.model.source.SourceReport;
import io.penstock.model.source.directory.Completeness;
import io.penstock.model.source.directory.DirectorySource;
import io.penstock.model.source.directory.Links;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whatever becomes of the files of a version that serves, it serves on. */
@Timeout(120)
final class VanishedFilesIT {

  private static final int ROWS = 16;

  @TempDir private Path base;
  private final CountDownLatch emptyScans = new CountDownLatch(3);
  private ModelRuntime runtime;

  @BeforeEach
  void serve() throws Exception {
    TestModels.copy(TestModels.examples().resolve("digits/1"), base.resolve("1"));
    DirectorySource directory =
        new DirectorySource(
            "digits",
            base,
            new Completeness.Settled(Duration.ZERO),
            Links.INSIDE,
            System::nanoTime);
    ModelSource counted =
        () -> {
          SourceReport report = directory.scan();
          if (report instanceof SourceReport.Unavailable) {
            emptyScans.countDown();
          }
          return report;
        };
    runtime =
        new ModelRuntime(
            ModelSettings.of("digits", base),
            counted,
            new SavedModelLoader(SessionSettings.defaults()),
            InstantSource.system());
    runtime.start();
    runtime.whenAvailable(1).toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  @AfterEach
  void close() {
    runtime.close();
  }

  @Test
  void shouldServeOnWhenItsFilesAreDeleted() throws Exception {
    // given
    byte[] before = predict();

    // when
    try (var files = Files.walk(base.resolve("1"))) {
      for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }

    // then, after scans that found the base path empty
    assertThat(emptyScans.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(predict()).isEqualTo(before);
    assertThat(runtime.statuses().get(1L).state()).isEqualTo(VersionState.AVAILABLE);
  }

  /** Where variables were mapped into memory, this would end the process by SIGBUS. */
  @Test
  void shouldServeOnWhenItsFilesAreTruncated() throws Exception {
    // given
    byte[] before = predict();

    // when
    try (var files = Files.walk(base.resolve("1"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.write(file, new byte[0]);
      }
    }

    // then
    assertThat(predict()).isEqualTo(before);
  }

  /** The outputs of some batch. */
  private byte[] predict() throws Exception {
    try (Lease lease = runtime.acquire(1).orElseThrow()) {
      ModelSignature signature =
          lease.version().signature(ModelSettings.DEFAULT_SIGNATURE).orElseThrow();
      Rows inputs = Rows.of(signature.inputs(), ROWS);
      Rows outputs = Rows.of(signature.outputs());
      NumericColumn pixels = (NumericColumn) inputs.column(0);
      for (int row = 0; row < ROWS; row++) {
        pixels.putFloat(pixels.offset(row, row), row);
      }
      lease.version().run(signature, inputs, ROWS, outputs);
      return ((NumericColumn) outputs.column(0)).bytes().clone();
    }
  }
}

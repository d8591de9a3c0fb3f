package io.penstock.model.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.model.TestModels;
import io.penstock.model.lifecycle.ModelRuntime;
import io.penstock.model.lifecycle.ModelSettings;
import io.penstock.model.lifecycle.VersionState;
import io.penstock.model.source.SourceReport;
import io.penstock.model.source.directory.Completeness;
import io.penstock.model.source.directory.DirectorySource;
import io.penstock.model.source.directory.Links;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The recipe in docs/operations.md, with its own scripts: seal, copy, serve. */
@Timeout(120)
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the scripts are for a POSIX shell")
final class ModelSyncIT {

  private static final String SHARD = "variables/variables.data-00000-of-00001";

  @TempDir private Path folder;
  private Path exported;
  private Path target;

  @BeforeEach
  void export() throws Exception {
    exported = folder.resolve("exports");
    target = Files.createDirectory(folder.resolve("models"));
    TestModels.copy(TestModels.examples().resolve("digits/1"), exported.resolve("1"));
    assertThat(run("seal-model.sh", exported.resolve("1").toString())).isZero();
  }

  @Test
  void shouldServeAVersionOnlyOnceItsFilesMatchItsManifest() throws Exception {
    // given an upload that is half done
    Path shard = exported.resolve("1").resolve(SHARD);
    byte[] whole = Files.readAllBytes(shard);
    Files.write(shard, Arrays.copyOf(whole, whole.length / 2));
    assertThat(sync()).isZero();

    // when
    DirectorySource source = source();
    source.scan();
    SourceReport.Aspired early = (SourceReport.Aspired) source.scan();

    // then it waits, for a reason
    assertThat(early.versions()).isEmpty();
    assertThat(early.pending().get(1L))
        .startsWith("MANIFEST.sha256 does not match: " + SHARD + " has SHA-256 ");

    // when the upload is over, and copied
    Files.write(shard, whole);
    assertThat(sync()).isZero();

    // then it serves
    try (ModelRuntime runtime =
        new ModelRuntime(
            ModelSettings.of("digits", target),
            source,
            new SavedModelLoader(SessionSettings.defaults()),
            InstantSource.system())) {
      runtime.start();
      runtime.whenAvailable(1).toCompletableFuture().get(60, TimeUnit.SECONDS);
      assertThat(runtime.statuses().get(1L).state()).isEqualTo(VersionState.AVAILABLE);
    }
  }

  @Test
  void shouldLeaveWhatIsNotSealed() throws Exception {
    TestModels.copy(TestModels.examples().resolve("digits/2"), exported.resolve("2"));

    assertThat(sync()).isZero();

    assertThat(TestModels.children(target)).containsExactly(target.resolve("1"));
  }

  @Test
  void shouldSayThatItCouldNotCopy() throws Exception {
    assertThat(run("sync-models.sh", folder.resolve("nowhere").toString(), target.toString(), "0"))
        .isNotZero();
    assertThat(run("seal-model.sh", folder.toString())).isNotZero();
  }

  private DirectorySource source() {
    return new DirectorySource(
        "digits", target, new Completeness.Manifested(), Links.INSIDE, System::nanoTime);
  }

  private int sync() throws Exception {
    return run("sync-models.sh", exported.toString(), target.toString(), "0");
  }

  private static int run(String script, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("sh"));
    command.add(TestModels.examples().resolve(script).toString());
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.INHERIT)
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("%s has ended", command).isTrue();
    return process.exitValue();
  }
}

package io.penstock.model.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.nio.file.attribute.FileTime;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
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
    assertThat(sync()).as("nothing whole is there yet").isNotZero();

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
  void shouldServeWhatIsFetchedAfterTheServiceHasStarted() throws Exception {
    // given a service that starts before its sidecar has fetched anything
    try (ModelRuntime runtime =
        new ModelRuntime(
            ModelSettings.of("digits", target),
            source(),
            new SavedModelLoader(SessionSettings.defaults()),
            InstantSource.system())) {
      CountDownLatch available = new CountDownLatch(1);
      runtime.addListener(
          status -> {
            if (status.state() == VersionState.AVAILABLE) {
              available.countDown();
            }
          });
      runtime.start();
      assertThatThrownBy(() -> runtime.whenAvailable(1).join())
          .cause()
          .hasMessageStartingWith("No versions of servable digits found under base path " + target);

      // when
      assertThat(sync()).isZero();

      // then
      available.await();
    }
  }

  /** Two shards that were exported anew as one, say. */
  @Test
  void shouldRemoveWhatAnEarlierExportOfTheSameNumberHasLeft() throws Exception {
    for (Map<String, String> way : List.of(Map.<String, String>of(), copyCommand())) {
      // given
      Path extra = Files.writeString(exported.resolve("1/assets old"), "of the first export");
      assertThat(run("seal-model.sh", exported.resolve("1").toString())).isZero();
      assertThat(sync(way)).isZero();
      assertThat(target.resolve("1/assets old")).exists();

      // when
      Files.delete(extra);
      assertThat(run("seal-model.sh", exported.resolve("1").toString())).isZero();
      assertThat(sync(way)).isZero();

      // then
      assertThat(target.resolve("1/assets old")).doesNotExist();
      DirectorySource source = source();
      source.scan();
      assertThat(((SourceReport.Aspired) source.scan()).versions()).containsOnlyKeys(1L);
    }
  }

  @Test
  void shouldRemoveNothingWhileAnUploadGoesOn() throws Exception {
    // given a file that has come before the manifest that will list it, and one that has not
    assertThat(sync(copyCommand())).isZero();
    Files.writeString(exported.resolve("1/new"), "of the next export");
    Files.writeString(exported.resolve("1").resolve(SHARD), "of the next export");

    // when
    assertThat(sync(copyCommand())).isNotZero();

    // then
    assertThat(target.resolve("1/new")).exists();
  }

  /** As the first process of a container, which a signal ends only if it is handled. */
  @Test
  void shouldEndWhenItIsToldTo() throws Exception {
    // given one that sleeps, and one whose command hangs, having said so
    Path fetching = folder.resolve("fetching");
    Path hang =
        Files.writeString(folder.resolve("hang"), "touch " + fetching + "; exec sleep 60\n");
    Process asleep = start(Map.of(), "sync-models.sh", sources("60"));
    Process hung = start(Map.of("FETCH", "sh " + hang), "sync-models.sh", sources("60"));
    while (!Files.exists(fetching) || !Files.exists(target.resolve("1/MANIFEST.sha256"))) {
      Thread.onSpinWait();
    }

    // when
    asleep.destroy();
    hung.destroy();

    // then
    assertThat(asleep.waitFor()).isZero();
    assertThat(hung.waitFor()).isZero();
  }

  private Map<String, String> copyCommand() throws IOException {
    Path command = folder.resolve("copy");
    Files.writeString(command, "cp -R \"$1/.\" \"$2\"\n");
    return Map.of("FETCH", "sh " + command);
  }

  /** As with the command of an object store: called with its options, the source and the target. */
  @Test
  void shouldServeWhatAnotherCommandFetches() throws Exception {
    // given a command that copies whatever there is, sealed or not
    TestModels.copy(TestModels.examples().resolve("digits/2"), exported.resolve("2"));
    Path command =
        Files.writeString(
            folder.resolve("fetch"), "[ \"$1\" = --quiet ] && cp -R \"$2/.\" \"$3\"\n");

    // when
    assertThat(sync(Map.of("FETCH", "sh " + command + " --quiet"))).isZero();

    // then what is sealed serves, and the other waits for its manifest
    assertThat(TestModels.children(target))
        .containsExactlyInAnyOrder(target.resolve("1"), target.resolve("2"));
    try (ModelRuntime runtime =
        new ModelRuntime(
            ModelSettings.of("digits", target),
            source(),
            new SavedModelLoader(SessionSettings.defaults()),
            InstantSource.system())) {
      runtime.start();
      runtime.whenAvailable(1).get(60, TimeUnit.SECONDS);
      assertThat(runtime.pending()).isEqualTo(Map.of(2L, "MANIFEST.sha256 is missing"));
    }
  }

  @Test
  void shouldSayThatItsCommandFailed() throws Exception {
    assertThat(sync(Map.of("FETCH", "false"))).isNotZero();
  }

  @Test
  void shouldStartWithWhatIsThereWhereItsCommandFails() throws Exception {
    assertThat(sync()).isZero();

    assertThat(sync(Map.of("FETCH", "false"))).isZero();
  }

  @Test
  void shouldRemoveTheFoldersOfAVersionWhoseFilesWereRemoved() throws Exception {
    Files.createDirectories(target.resolve("7/variables"));

    assertThat(sync()).isZero();

    assertThat(TestModels.children(target)).containsExactly(target.resolve("1"));
  }

  @Test
  void shouldNotWriteAgainWhatAnEarlierSidecarHasCopied() throws Exception {
    // given
    assertThat(sync()).isZero();
    Path shard = target.resolve("1").resolve(SHARD);
    Files.setLastModifiedTime(shard, FileTime.fromMillis(0));

    // when another one begins
    assertThat(sync()).isZero();

    // then
    assertThat(Files.getLastModifiedTime(shard)).isEqualTo(FileTime.fromMillis(0));
  }

  @Test
  void shouldCopyTheOthersWhereOneVersionCannotBe() throws Exception {
    // given a folder where a file of version 1 belongs
    Files.createDirectories(target.resolve("1/saved_model.pb/in the way"));
    Path second = exported.resolve("2");
    TestModels.copy(TestModels.examples().resolve("digits/2"), second);
    assertThat(run("seal-model.sh", second.toString())).isZero();

    // when
    assertThat(sync()).as("there is one to serve").isZero();

    // then
    assertThat(target.resolve("2/MANIFEST.sha256"))
        .hasSameTextualContentAs(second.resolve("MANIFEST.sha256"));
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
    return sync(Map.of());
  }

  private int sync(Map<String, String> environment) throws Exception {
    return run(environment, "sync-models.sh", sources("0"));
  }

  private String[] sources(String seconds) {
    return new String[] {exported.toString(), target.toString(), seconds};
  }

  private static int run(String script, String... arguments)
      throws IOException, InterruptedException {
    return run(Map.of(), script, arguments);
  }

  private static int run(Map<String, String> environment, String script, String... arguments)
      throws IOException, InterruptedException {
    Process process = start(environment, script, arguments);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("%s has ended", script).isTrue();
    return process.exitValue();
  }

  private static Process start(Map<String, String> environment, String script, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(List.of("sh"));
    command.add(TestModels.examples().resolve(script).toString());
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.INHERIT);
    builder.environment().putAll(environment);
    return builder.start();
  }
}

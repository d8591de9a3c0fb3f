package io.penstock.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.testkit.AuditTrail;
import io.penstock.testkit.Await;
import io.penstock.testkit.CommittedRecords;
import io.penstock.testkit.Penstock;
import io.penstock.testkit.ServiceUnderTest;
import io.penstock.testkit.Workbench;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A fresh service whose newest version cannot be served. */
class FirstVersionIT {

  @TempDir private static Path folder;

  private static Workbench bench;
  private static CommittedRecords records;

  @BeforeAll
  static void setUp() {
    bench = new Workbench(folder);
    records = new CommittedRecords(bench.stack().bootstrapServers());
    bench.createTopics(1, "in", "older-out", "mended-out", "late-out", "dead");
  }

  @AfterAll
  static void tearDown() {
    records.close();
    bench.close();
  }

  @Test
  void shouldServeTheNextOlderVersionAndSayWhy() throws IOException {
    bench.installVersion("examples/digits/1", "older", 1);
    Path base = bench.installVersion("examples/digits/2", "older", 2);
    breakDown(base.resolve("2"));
    try (ServiceUnderTest service = start("older")) {
      service.awaitReady();

      assertThat(service.health().at("/models/older/active").asText()).isEqualTo("1");
      assertThat(service.logged("initial version, since 2 was given up: instance ")).isTrue();
    }
    assertThat(decisions("older"))
        .containsExactly("PREPARE 2", "ABORTED 2", "PREPARE 1", "ACTIVATED 1");
  }

  /** As in a pod whose sidecar has yet to fill the volume. */
  @Test
  void shouldWaitForTheFirstVersionThatComes() throws IOException {
    // given
    Files.createDirectories(folder.resolve("models/late"));
    try (ServiceUnderTest service = start("late")) {
      Await.until(
          () -> "the pipeline waits: " + service.log(),
          60,
          () -> service.state("digits").equals("WAITING"));
      assertThat(service.isReady()).isFalse();

      // when it comes at once, so that no pause of its copy looks like its end
      Path copy = bench.installVersion("examples/digits/1", "late-copy", 1);
      Files.move(copy.resolve("1"), folder.resolve("models/late/1"));

      // then
      service.awaitReady();
    }
    assertThat(decisions("late")).containsExactly("PREPARE 1", "ACTIVATED 1");
  }

  @Test
  void shouldTryTheOnlyVersionAgainOnceItWasMended() throws IOException {
    Path base = bench.installVersion("examples/digits/1", "mended", 1);
    breakDown(base.resolve("1"));
    try (ServiceUnderTest service = start("mended")) {
      Await.until(
          () -> "version 1 is given up: " + decisions("mended") + service.log(),
          60,
          () -> decisions("mended").contains("ABORTED 1"));
      assertThat(service.isReady()).isFalse();

      mend(base.resolve("1"), "digits/1");
      service.awaitReady();
    }
    assertThat(decisions("mended"))
        .containsExactly("PREPARE 1", "ABORTED 1", "PREPARE 1", "ACTIVATED 1");
  }

  /** A model with a graph that can be read and variables that cannot. */
  private static void breakDown(Path version) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(variables(version).toFile(), "rw")) {
      file.setLength(file.length() / 2);
    }
  }

  private static void mend(Path version, String example) throws IOException {
    Path whole = Penstock.root().resolve("examples").resolve(example);
    Path beside = Files.copy(variables(whole), version.resolveSibling(version.getFileName() + "+"));
    Files.move(beside, variables(version), StandardCopyOption.ATOMIC_MOVE);
  }

  private static Path variables(Path version) {
    return version.resolve("variables/variables.data-00000-of-00001");
  }

  /** A service of that name, with a model of that name. */
  private static ServiceUnderTest start(String name) {
    bench.createControlTopics(name);
    Path config =
        bench.writeConfig(
            name + ".yaml",
            name,
            """
            models:
              %s: {path: "%s", settle: 300ms, poll-interval: 100ms}
            pipelines:
              digits:
                model: %s
                start-from: earliest
                input: {topic: in}
                output: {topic: %s-out}
                dead-letters: {topic: dead}
            """
                .formatted(name, folder.resolve("models").resolve(name), name, name));
    return ServiceUnderTest.start(config, folder, name);
  }

  /** What was decided, in order: "PREPARE 2". */
  private static List<String> decisions(String service) {
    return new AuditTrail(records, service)
        .events().stream()
            .filter(event -> event.getDecided() != null)
            .map(event -> event.getDecided().getOutcome() + " " + event.getDecided().getVersion())
            .toList();
  }
}

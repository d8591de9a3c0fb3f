package io.penstock.localstack.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JavaProcessTest {

  @TempDir private Path folder;

  /** Says its arguments and a variable, then ends or waits for ever. */
  static final class Program {

    private Program() {}

    public static void main(String[] args) throws InterruptedException {
      System.out.println(String.join("+", args) + " " + System.getenv("COLOUR"));
      if (args[0].equals("wait")) {
        new java.util.concurrent.CountDownLatch(1).await();
      }
    }
  }

  @Test
  void shouldGiveArgumentsAndEnvironmentAndKeepTheOutput() {
    // when
    try (JavaProcess process = start("say", "this")) {

      // then
      assertThat(process.exitCode()).isZero();
      assertThat(process.lastLines(10)).containsExactly("say+this blue");
    }
  }

  @Test
  void shouldEndWhenItsInputCloses() throws Exception {
    // given a program that waits for ever, on a leash whose other end is closed
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Leash.class.getName(),
                Program.class.getName(),
                "wait")
            .redirectOutput(folder.resolve("log").toFile())
            .start();

    // when
    process.getOutputStream().close();

    // then
    assertThat(process.waitFor()).isEqualTo(137);
  }

  @Test
  void shouldBeKilled() {
    try (JavaProcess process = start("wait")) {
      // when
      process.kill();

      // then
      assertThat(process.isAlive()).isFalse();
      assertThat(process.exitCode()).isEqualTo(128 + 9);
    }
  }

  @Test
  void shouldBeStoppedInOrder() {
    try (JavaProcess process = start("wait")) {
      // when
      boolean byItself = process.stop(Duration.ofSeconds(30));

      // then
      assertThat(byItself).isTrue();
      assertThat(process.exitCode()).isEqualTo(128 + 15);
    }
  }

  @Test
  void shouldReadTheEndOfALongLog() throws Exception {
    // given
    try (JavaProcess process = start("last")) {
      process.exitCode();
      Files.writeString(process.log(), "x".repeat(100_000) + "\nlast but one\nlast\n");

      // then
      assertThat(process.lastLines(2)).containsExactly("last but one", "last");
    }
  }

  private JavaProcess start(String... arguments) {
    return JavaProcess.start(
        new JavaProcess.Launch(
            Program.class.getName(),
            List.of(System.getProperty("java.class.path")),
            List.of("-Xmx64m"),
            List.of(arguments),
            Map.of("COLOUR", "blue"),
            folder.resolve("log")));
  }
}

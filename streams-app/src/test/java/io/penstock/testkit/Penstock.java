package io.penstock.testkit;

import io.penstock.cli.FaultyPenstock;
import io.penstock.faults.FaultEndpoint;
import io.penstock.localstack.host.JavaProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The command {@code penstock} from the assembled distribution, in a process of its own. */
public final class Penstock {

  private Penstock() {}

  /**
   * What a command came to.
   *
   * @param output standard output and standard error together, in their order
   */
  public record Ended(int exitCode, String output) {}

  /** Starts a command; returns as soon as its process exists. */
  public static JavaProcess start(Path log, Map<String, String> environment, String... arguments) {
    return startOf(distribution(), log, environment, arguments);
  }

  /** The same of another release, in whose folder {@code lib/} is. */
  static JavaProcess startOf(
      Path release, Path log, Map<String, String> environment, String... arguments) {
    return start(
        "io.penstock.cli.PenstockMain",
        List.of(release.resolve("lib/*").toString()),
        List.of(),
        log,
        environment,
        arguments);
  }

  /**
   * The same with faults that can be armed.
   *
   * @param faultsPort where they are armed; see {@link io.penstock.faults.FaultEndpoint}
   */
  static JavaProcess startFaulty(
      int faultsPort, Path log, Map<String, String> environment, String... arguments) {
    Path tests = JavaProcess.codeSource(FaultyPenstock.class);
    return start(
        FaultyPenstock.class.getName(),
        List.of(distribution().resolve("lib/*").toString(), tests.toString()),
        List.of(
            "-D" + FaultEndpoint.PORT + "=" + faultsPort,
            // The tests' own is on the class path too.
            "-Dlog4j2.configurationFile=log4j2.properties"),
        log,
        environment,
        arguments);
  }

  private static JavaProcess start(
      String mainClass,
      List<String> classPath,
      List<String> moreOptions,
      Path log,
      Map<String, String> environment,
      String... arguments) {
    Map<String, String> variables = new HashMap<>(environment);
    variables.put("TF_CPP_MIN_LOG_LEVEL", "2");
    List<String> options =
        new ArrayList<>(
            List.of(
                "-Xmx384m",
                "-XX:TieredStopAtLevel=1",
                "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0"));
    options.addAll(moreOptions);
    return JavaProcess.start(
        new JavaProcess.Launch(mainClass, classPath, options, List.of(arguments), variables, log));
  }

  /** Runs a command that is to end by itself within that time; fails when it does not. */
  public static Ended run(
      long seconds, Path log, Map<String, String> environment, String... arguments) {
    try (JavaProcess process = start(log, environment, arguments)) {
      Await.until(
          () -> "the end of penstock " + String.join(" ", arguments) + ":\n" + text(log),
          seconds,
          () -> !process.isAlive());
      return new Ended(process.exitCode(), text(log));
    }
  }

  /** The root of the checkout. */
  public static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(folder.resolve("examples"))) {
      folder = folder.getParent();
      if (folder == null) {
        throw new AssertionError("no folder above the working directory has examples/");
      }
    }
    return folder;
  }

  private static Path distribution() {
    Path distribution = root().resolve("streams-app/target/penstock");
    if (!Files.isDirectory(distribution.resolve("lib"))) {
      throw new AssertionError(distribution + " is missing: mvn package makes it");
    }
    return distribution;
  }

  private static String text(Path log) {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package io.penstock.localstack.host;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A Java program in a process of its own that cannot outlive this one (see {@link Leash}), whatever
 * ends this one. What it prints goes to a log file. Thread-safe.
 */
public final class JavaProcess implements AutoCloseable {

  private static final Duration GRACE = Duration.ofSeconds(20);
  private static final int TAIL_BYTES = 16_384;

  private final Process process;
  private final Launch launch;

  private JavaProcess(Process process, Launch launch) {
    this.process = process;
    this.launch = launch;
  }

  /**
   * How a program is started, with the Java that runs this process.
   *
   * @param classPath entries as the {@code java} command takes them, wildcards included
   * @param environment variables to add to this process's own
   * @param log where its standard output and error go; appended to
   */
  public record Launch(
      String mainClass,
      List<String> classPath,
      List<String> jvmOptions,
      List<String> arguments,
      Map<String, String> environment,
      Path log) {

    public Launch {
      classPath = List.copyOf(classPath);
      jvmOptions = List.copyOf(jvmOptions);
      arguments = List.copyOf(arguments);
      environment = Map.copyOf(environment);
    }

    private List<String> command() {
      List<String> entries = new ArrayList<>(classPath);
      entries.add(codeSource(Leash.class).toString());
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(jvmOptions);
      command.addAll(List.of("-cp", String.join(File.pathSeparator, entries)));
      command.addAll(List.of(Leash.class.getName(), mainClass));
      command.addAll(arguments);
      return command;
    }
  }

  /** Starts the program; returns as soon as the process exists. */
  public static JavaProcess start(Launch launch) {
    ProcessBuilder builder =
        new ProcessBuilder(launch.command())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(launch.log().toFile()));
    builder.environment().putAll(launch.environment());
    try {
      return new JavaProcess(builder.start(), launch);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot start " + launch.mainClass(), e);
    }
  }

  /** The jar or the folder of classes that holds that class. */
  public static Path codeSource(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** The exit code; 128 + signal after a signal. Waits until the process has ended. */
  public int exitCode() {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return process.waitFor();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Asks the process to end (SIGTERM). Returns at once. */
  public void terminate() {
    // Process.destroy would close the standard input as well: the leash, which does not ask.
    process.toHandle().destroy();
  }

  /** Ends the process without asking (SIGKILL) and waits until it is gone. */
  public void kill() {
    process.destroyForcibly();
    exitCode();
  }

  /**
   * Asks the process to end, and ends it without asking when it has not after that time.
   *
   * @return whether asking was enough
   */
  public boolean stop(Duration grace) {
    terminate();
    try {
      if (process.waitFor(grace.toMillis(), TimeUnit.MILLISECONDS)) {
        return true;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    kill();
    return false;
  }

  /** Where the output goes. */
  public Path log() {
    return launch.log();
  }

  /** The last lines of the output, at most so many. */
  public List<String> lastLines(int count) {
    try (RandomAccessFile file = new RandomAccessFile(launch.log().toFile(), "r")) {
      file.seek(Math.max(0, file.length() - TAIL_BYTES));
      byte[] tail = new byte[(int) (file.length() - file.getFilePointer())];
      file.readFully(tail);
      List<String> lines = new String(tail, StandardCharsets.UTF_8).lines().toList();
      return lines.subList(Math.max(0, lines.size() - count), lines.size());
    } catch (IOException e) {
      return List.of("(its log cannot be read: " + e.getMessage() + ")");
    }
  }

  /** Stops the process within 20 seconds; idempotent. */
  @Override
  public void close() {
    stop(GRACE);
  }
}

package io.penstock.benchmarks.subject;

import io.penstock.localstack.host.JavaProcess;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** What is measured, while it runs: one process, or one with a server that it needs. */
public final class Subject implements AutoCloseable {

  private static final Duration CHECK_INTERVAL = Duration.ofMillis(20);
  private static final Duration GRACE = Duration.ofSeconds(15);
  private static final int LAST_LINES = 15;

  private final String name;
  private final List<JavaProcess> processes;
  private final Health health;
  private final List<AutoCloseable> companions;
  private final long startedNanos = System.nanoTime();

  /** What it says of itself. */
  @FunctionalInterface
  interface Health {

    /** Whether it works. */
    boolean isReady();

    /** Rows that the model of a pipeline was given at a time since the start; NaN if unknown. */
    default double averageBatchRows(String pipeline) {
      return Double.NaN;
    }

    /** How often the model was run for a pipeline since the start; NaN if unknown. */
    default double runs(String pipeline) {
      return Double.NaN;
    }
  }

  /**
   * Processes that have just been started.
   *
   * @param processes the one that reads and writes topics first
   * @param health to be asked again and again
   */
  Subject(String name, List<JavaProcess> processes, Health health) {
    this(name, processes, health, List.of());
  }

  private Subject(
      String name, List<JavaProcess> processes, Health health, List<AutoCloseable> companions) {
    this.name = name;
    this.processes = List.copyOf(processes);
    this.health = health;
    this.companions = List.copyOf(companions);
  }

  /** Subjects that are measured as one, ready when all are. */
  public static Subject together(String name, List<Subject> subjects) {
    return new Subject(
        name,
        subjects.stream().flatMap(subject -> subject.processes.stream()).toList(),
        () -> subjects.stream().allMatch(Subject::isReady));
  }

  /** This one with something that is closed before it. */
  public Subject with(AutoCloseable companion) {
    return new Subject(name, processes, health, List.of(companion));
  }

  /** For messages. */
  public String name() {
    return name;
  }

  /** The process that reads and writes topics. */
  public long pid() {
    return processes.get(0).pid();
  }

  /** When it was started, as {@link System#nanoTime} tells. */
  public long startedNanos() {
    return startedNanos;
  }

  /** Whether it works. */
  public boolean isReady() {
    return health.isReady();
  }

  /** Rows that the model of a pipeline was given at a time since the start; NaN if unknown. */
  public double averageBatchRows(String pipeline) {
    return health.averageBatchRows(pipeline);
  }

  /** How often the model was run for a pipeline since the start; NaN if unknown. */
  public double runs(String pipeline) {
    return health.runs(pipeline);
  }

  /** All its processes. */
  public List<Long> pids() {
    return processes.stream().map(JavaProcess::pid).toList();
  }

  /**
   * Does nothing while it runs.
   *
   * @throws SubjectFailedException if one of its processes has ended
   */
  public void requireAlive() {
    for (JavaProcess process : processes) {
      if (!process.isAlive()) {
        throw new SubjectFailedException(
            "%s ended with exit code %d".formatted(name, process.exitCode()), this);
      }
    }
  }

  /**
   * Waits until it works.
   *
   * @throws SubjectFailedException if it ends, or does not work in time
   */
  public void awaitReady(Duration limit) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!isReady()) {
      requireAlive();
      if (System.nanoTime() > deadline) {
        throw new SubjectFailedException(
            "%s is not ready after %d s".formatted(name, limit.toSeconds()), this);
      }
      LockSupport.parkNanos(CHECK_INTERVAL.toNanos());
    }
  }

  /** The end of each process's log. */
  public String lastLog() {
    StringBuilder log = new StringBuilder();
    for (JavaProcess process : processes) {
      log.append("The end of ").append(process.log().getFileName()).append(':');
      process
          .lastLines(LAST_LINES)
          .forEach(line -> log.append(System.lineSeparator()).append(line));
    }
    return log.toString();
  }

  /** Stops all its processes, in order; idempotent. */
  @Override
  public void close() {
    for (AutoCloseable companion : companions) {
      try {
        companion.close();
      } catch (Exception e) {
        throw new IllegalStateException("What runs beside " + name + " does not end", e);
      }
    }
    processes.forEach(process -> process.stop(GRACE));
  }
}

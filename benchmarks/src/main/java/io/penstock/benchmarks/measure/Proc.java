package io.penstock.benchmarks.measure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * What Linux accounts for a process, as proc(5) describes it. Of a process that has ended, all is
 * 0.
 */
public final class Proc {

  /** USER_HZ, in which {@code stat} counts: 100 on every platform that Java runs on. */
  private static final long NANOS_PER_TICK = 10_000_000;

  private static final long MOMENT_NANOS = 500_000_000;
  private static final Path ROOT = Path.of("/proc");
  private static final int UTIME = 11;
  private static final int STIME = 12;

  private Proc() {}

  /** Whether there is a {@code /proc} to read: on Linux only. */
  public static boolean isThere() {
    return Files.isReadable(ROOT.resolve("self/stat"));
  }

  /** Processor time of the process, user's and system's, ended threads included. */
  static long cpuNanos(long pid) {
    String stat = read(ROOT.resolve(pid + "/stat"));
    if (stat.isEmpty()) {
      return 0;
    }
    // The second field is the program's name in parentheses, which may hold anything.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return (Long.parseLong(fields[UTIME]) + Long.parseLong(fields[STIME])) * NANOS_PER_TICK;
  }

  /** Processor time by thread id of those threads whose name starts with one of these. */
  static Map<Long, Long> threadNanos(long pid, List<String> prefixes) {
    Map<Long, Long> nanos = new HashMap<>();
    try (Stream<Path> tasks = Files.list(ROOT.resolve(pid + "/task"))) {
      for (Path task : (Iterable<Path>) tasks::iterator) {
        String name = read(task.resolve("comm"));
        if (prefixes.stream().anyMatch(name::startsWith)) {
          String schedstat = read(task.resolve("schedstat"));
          if (!schedstat.isEmpty()) {
            nanos.put(
                Long.valueOf(task.getFileName().toString()),
                Long.valueOf(schedstat.substring(0, schedstat.indexOf(' '))));
          }
        }
      }
    } catch (IOException | UncheckedIOException e) {
      // The process has ended.
    }
    return nanos;
  }

  /** How many threads the process has. */
  public static long threads(long pid) {
    return status(pid, "Threads:");
  }

  /** Resident memory of all these, in bytes. */
  public static long residentBytes(List<Long> pids) {
    return pids.stream().mapToLong(pid -> status(pid, "VmRSS:")).sum() * 1024;
  }

  /** The most that resident memory of each of these has been, in bytes. */
  public static long peakResidentBytes(List<Long> pids) {
    return pids.stream().mapToLong(pid -> status(pid, "VmHWM:")).sum() * 1024;
  }

  /** How many cores the machine is busy with, over a moment in which this process only waits. */
  public static double busyCores() {
    long start = System.nanoTime();
    long before = machineNanos();
    LockSupport.parkNanos(MOMENT_NANOS);
    return (machineNanos() - before) / (double) (System.nanoTime() - start);
  }

  /** Processor time that all processes of the machine took. */
  static long machineNanos() {
    String[] fields = read(ROOT.resolve("stat")).lines().findFirst().orElse("").split(" +", -1);
    long ticks = 0;
    // cpu user nice system idle iowait irq softirq
    for (int i : new int[] {1, 2, 3, 6, 7}) {
      ticks += fields.length > i ? Long.parseLong(fields[i]) : 0;
    }
    return ticks * NANOS_PER_TICK;
  }

  /** The machine's load averages, as {@code uptime} prints them. */
  public static String load() {
    String[] fields = read(ROOT.resolve("loadavg")).split(" ", -1);
    return fields.length < 3 ? "" : String.join(" ", fields[0], fields[1], fields[2]);
  }

  private static long status(long pid, String key) {
    return read(ROOT.resolve(pid + "/status"))
        .lines()
        .filter(line -> line.startsWith(key))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElse(0);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return "";
    }
  }
}

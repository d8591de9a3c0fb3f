package io.penstock.benchmarks.measure;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The processor time of a few processes, and how much of it their just-in-time compilers took.
 * Compiler threads come and go, so {@link #look} keeps what those had that are gone. Not
 * thread-safe.
 */
public final class CpuMeter {

  /** As HotSpot names them, cut to the 15 letters that Linux keeps. */
  private static final List<String> COMPILERS = List.of("C1 CompilerThre", "C2 CompilerThre");

  private final List<Long> pids;
  private final Map<Long, Long> compilers = new HashMap<>();

  /** Meters these processes together. */
  public CpuMeter(List<Long> pids) {
    this.pids = List.copyOf(pids);
  }

  /**
   * Processor time so far.
   *
   * @param machineNanos of everything that runs on this machine
   */
  public record Reading(long nanos, long compilerNanos, long machineNanos) {

    /** From an earlier reading to this one. */
    public Reading since(Reading earlier) {
      return new Reading(
          nanos - earlier.nanos,
          compilerNanos - earlier.compilerNanos,
          machineNanos - earlier.machineNanos);
    }
  }

  /** Takes note of the compilers' threads; to be called a few times a second. */
  public void look() {
    for (long pid : pids) {
      compilers.putAll(Proc.threadNanos(pid, COMPILERS));
    }
  }

  /** What the processes have taken so far. */
  public Reading read() {
    look();
    return new Reading(
        pids.stream().mapToLong(Proc::cpuNanos).sum(),
        compilers.values().stream().mapToLong(Long::longValue).sum(),
        Proc.machineNanos());
  }
}

package io.penstock.benchmarks.measure;

import java.nio.file.Path;

/** A flight recording of a process that was started with one. */
public final class FlightRecording {

  private FlightRecording() {}

  /** Writes what it has recorded so far to a file. */
  public static void dump(long pid, Path file) {
    if (Jcmd.ask(pid, "JFR.dump", "filename=" + file).isEmpty()) {
      throw new IllegalStateException("No flight recording of process " + pid + " to be had");
    }
  }
}

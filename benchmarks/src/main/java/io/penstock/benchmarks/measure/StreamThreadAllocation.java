package io.penstock.benchmarks.measure;

import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the stream threads of a process have allocated since they started, as {@code jcmd PID
 * Thread.print -e} says it. An exact count, other than samples of a profile.
 */
final class StreamThreadAllocation {

  private static final Pattern ALLOCATED =
      Pattern.compile("\"[^\"]*-StreamThread-\\d+\".* allocated=(\\d+)([BKMGT]?)B? ");

  private StreamThreadAllocation() {}

  /** Bytes; empty where this Java has no jcmd, or the process does not answer. */
  static OptionalLong bytes(long pid) {
    return Jcmd.ask(pid, "Thread.print", "-e")
        .map(StreamThreadAllocation::parse)
        .orElseGet(OptionalLong::empty);
  }

  /** The sum over the stream threads of a thread dump. */
  static OptionalLong parse(String dump) {
    Matcher matcher = ALLOCATED.matcher(dump);
    long sum = 0;
    boolean found = false;
    while (matcher.find()) {
      sum += Long.parseLong(matcher.group(1)) * unit(matcher.group(2));
      found = true;
    }
    return found ? OptionalLong.of(sum) : OptionalLong.empty();
  }

  private static long unit(String letter) {
    return switch (letter) {
      case "K" -> 1L << 10;
      case "M" -> 1L << 20;
      case "G" -> 1L << 30;
      case "T" -> 1L << 40;
      default -> 1;
    };
  }
}

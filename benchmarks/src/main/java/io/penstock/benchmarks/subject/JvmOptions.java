package io.penstock.benchmarks.subject;

import io.penstock.requests.DoorThreads;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The options and the environment of a measured Java: those of the {@code penstock} script. */
public final class JvmOptions {

  /** By how much the threads of the request doors give way. */
  private static final int DOORS_NICE = 5;

  private static final String NATIVE_LOG_LEVEL = "TF_CPP_MIN_LOG_LEVEL";

  private JvmOptions() {}

  /**
   * The options; keep them like the script's.
   *
   * @param temporary where temporary files go
   * @param more further ones
   */
  public static List<String> of(Path temporary, List<String> more) {
    List<String> options = new ArrayList<>();
    options.add("-Djava.io.tmpdir=" + temporary);
    options.add("-Dorg.bytedeco.javacpp.maxPhysicalBytes=0");
    options.add("-XX:+UseParallelGC");
    options.add("-Xmx1g");
    options.add("-XX:ThreadPriorityPolicy=1");
    for (int priority = 1; priority <= Thread.MAX_PRIORITY; priority++) {
      if (priority != Thread.NORM_PRIORITY) {
        int nice = priority == DoorThreads.PRIORITY ? DOORS_NICE : 0;
        options.add("-XX:JavaPriority%d_To_OSPriority=%d".formatted(priority, nice));
      }
    }
    int feature = Runtime.version().feature();
    if (feature >= 22) {
      options.add("--enable-native-access=ALL-UNNAMED");
    }
    if (feature >= 23) {
      options.add("--sun-misc-unsafe-memory-access=allow");
    }
    options.addAll(more);
    return options;
  }

  static Map<String, String> environment() {
    return Map.of(NATIVE_LOG_LEVEL, System.getenv().getOrDefault(NATIVE_LOG_LEVEL, "2"));
  }
}

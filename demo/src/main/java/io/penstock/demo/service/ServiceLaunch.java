package io.penstock.demo.service;

import io.penstock.localstack.host.JavaProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The command line of the service: what {@code penstock} runs, save that its temporary files go to
 * a folder of the demo's.
 */
final class ServiceLaunch {

  private static final String MAIN_CLASS = "io.penstock.cli.PenstockMain";
  private static final String NATIVE_LOG_LEVEL = "TF_CPP_MIN_LOG_LEVEL";

  private ServiceLaunch() {}

  /** The command line of {@code penstock} with those arguments. */
  static JavaProcess.Launch of(
      Path distribution, List<String> arguments, Path temporary, Path log) {
    return new JavaProcess.Launch(
        MAIN_CLASS,
        List.of(distribution.resolve("lib").resolve("*").toString()),
        jvmOptions(temporary, Runtime.version().feature()),
        arguments,
        Map.of(NATIVE_LOG_LEVEL, System.getenv().getOrDefault(NATIVE_LOG_LEVEL, "2")),
        log);
  }

  /** The options that the {@code penstock} script gives too; keep the two alike. */
  static List<String> jvmOptions(Path temporary, int javaFeature) {
    List<String> options = new ArrayList<>();
    options.add("-Djava.io.tmpdir=" + temporary);
    options.add("-Dorg.bytedeco.javacpp.maxPhysicalBytes=0");
    options.add("-XX:+UseParallelGC");
    if (javaFeature >= 22) {
      options.add("--enable-native-access=ALL-UNNAMED");
    }
    if (javaFeature >= 23) {
      options.add("--sun-misc-unsafe-memory-access=allow");
    }
    return options;
  }
}

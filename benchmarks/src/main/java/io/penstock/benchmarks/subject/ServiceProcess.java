package io.penstock.benchmarks.subject;

import io.penstock.localstack.host.JavaProcess;
import java.nio.file.Path;
import java.util.List;

/** Penstock as a user runs it: the built distribution, a configuration file, its own commands. */
public final class ServiceProcess {

  private static final String MAIN_CLASS = "io.penstock.cli.PenstockMain";
  private static final int FAILED_LINES = 15;

  private ServiceProcess() {}

  /**
   * Where a service runs.
   *
   * @param classPath the distribution's jars
   * @param folder for its configuration, its log and its temporary files; exists
   * @param jvmOptions over those of the {@code penstock} script
   */
  public record Site(String classPath, Path folder, List<String> jvmOptions) {
    public Site {
      jvmOptions = List.copyOf(jvmOptions);
    }
  }

  /** Makes the topics that the configuration needs: {@code penstock topics --create}. */
  public static void createTopics(Site site, ServiceConfig config, int partitions) {
    try (JavaProcess process =
        launch(
            new Site(site.classPath(), site.folder(), List.of("-XX:TieredStopAtLevel=1")),
            config,
            "topics",
            List.of("--create", "--partitions", String.valueOf(partitions)))) {
      if (process.exitCode() != 0) {
        throw new IllegalStateException(
            "penstock topics --create failed:%n%s"
                .formatted(String.join(System.lineSeparator(), process.lastLines(FAILED_LINES))));
      }
    }
  }

  /** Starts it: {@code penstock serve}. Ready when {@code /health/ready} says so. */
  public static Subject serve(String name, Site site, ServiceConfig config) {
    JavaProcess process = launch(site, config, "serve", List.of());
    return new Subject(name, List.of(process), new ServiceHealth(config.httpPort()));
  }

  private static JavaProcess launch(
      Site site, ServiceConfig config, String command, List<String> arguments) {
    Path file = site.folder().resolve("service.yaml");
    config.write(file);
    List<String> all = new java.util.ArrayList<>(List.of(command, "--config", file.toString()));
    all.addAll(arguments);
    return JavaProcess.start(
        new JavaProcess.Launch(
            MAIN_CLASS,
            List.of(site.classPath()),
            JvmOptions.of(site.folder(), site.jvmOptions()),
            all,
            JvmOptions.environment(),
            site.folder().resolve(command + ".log")));
  }
}

package io.penstock.benchmarks.subject;

import io.penstock.benchmarks.peer.PeerArguments;
import io.penstock.localstack.host.JavaProcess;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A peer in a process of its own, with the Java options of the service. */
public final class PeerProcess {

  private static final int LINES = 50;

  private PeerProcess() {}

  /**
   * Where a peer runs.
   *
   * @param folder for its log and its temporary files; exists
   */
  public record Site(List<String> classPath, Path folder, List<String> jvmOptions) {
    public Site {
      classPath = List.copyOf(classPath);
      jvmOptions = List.copyOf(jvmOptions);
    }
  }

  /** Starts a peer that serves until it is stopped. Ready when it says so in its log. */
  public static Subject start(
      String name, Site site, Class<?> main, Map<String, String> arguments) {
    JavaProcess process = launch(name, site, main, arguments);
    return new Subject(name, List.of(process), () -> isReady(process));
  }

  /** Starts a peer and the server that it calls, which is waited for. */
  public static Subject start(
      String name,
      Site site,
      Class<?> main,
      Map<String, String> arguments,
      Class<?> server,
      Map<String, String> serverArguments) {
    JavaProcess serving = launch(name + "-server", site, server, serverArguments);
    JavaProcess process = launch(name, site, main, arguments);
    return new Subject(name, List.of(process, serving), () -> isReady(serving) && isReady(process));
  }

  /** Starts a peer that ends by itself. */
  public static JavaProcess launch(
      String name, Site site, Class<?> main, Map<String, String> arguments) {
    return JavaProcess.start(
        new JavaProcess.Launch(
            main.getName(),
            site.classPath(),
            JvmOptions.of(site.folder(), site.jvmOptions()),
            PeerArguments.format(arguments),
            JvmOptions.environment(),
            site.folder().resolve(name + ".log")));
  }

  private static boolean isReady(JavaProcess process) {
    return process.lastLines(LINES).contains(PeerArguments.READY);
  }
}

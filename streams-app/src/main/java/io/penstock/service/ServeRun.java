package io.penstock.service;

import io.penstock.check.Preflight;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jline.utils.Signals;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of {@code penstock serve}: from the checks to the end of the process. SIGHUP, and a
 * change of the file if that is watched, reload the configuration. It ends by SIGTERM or Ctrl-C
 * (exit code 0, once everything is drained and committed), or when nothing can start or every
 * pipeline has halted, or too many threads hang in native code (exit code 1).
 */
public final class ServeRun {

  private static final Logger log = LoggerFactory.getLogger(ServeRun.class);

  private static final long HALT_CHECK_MILLIS = 500;

  /** Longer than the service takes to stop at worst. */
  private static final long CLOSE_SECONDS = Departure.ALL.plusSeconds(15).toSeconds();

  private final CountDownLatch toldToStop = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);

  private ServeRun() {}

  /** Starts a service; see {@link PenstockService#start}. */
  @FunctionalInterface
  public interface Starter {
    PenstockService start() throws Exception;
  }

  /**
   * Serves until the end and gives the exit code.
   *
   * @param preflight what the checks say: told, and the end where nothing can start
   * @param watched the file that is to be reloaded when it changes
   */
  public static int run(
      Preflight preflight, Starter starter, Optional<Path> watched, PrintWriter err)
      throws Exception {
    preflight.remarks().forEach(err::println);
    if (!preflight.allowsStart()) {
      err.println("penstock: nothing can start");
      return 1;
    }
    return new ServeRun().serve(starter, watched.map(FileWatch::new), err);
  }

  private int serve(Starter starter, Optional<FileWatch> watch, PrintWriter err) throws Exception {
    Thread hook = new Thread(this::stopAndWait, "penstock-stop");
    Runtime.getRuntime().addShutdownHook(hook);
    int exitCode = 1;
    try (PenstockService service = starter.start();
        Hangup unused = Hangup.reloading(service)) {
      while (!toldToStop.await(HALT_CHECK_MILLIS, TimeUnit.MILLISECONDS)) {
        Optional<String> fatal = service.fatalReason();
        if (fatal.isPresent()) {
          err.println("penstock: " + fatal.get());
          return 1;
        }
        if (watch.filter(FileWatch::hasChanged).isPresent()) {
          log.info("the configuration's file has changed");
          var unusedReload = service.reload();
        }
        if (service.hasHalted()) {
          err.println("penstock: every pipeline has halted, see the log");
          return 1;
        }
      }
      log.info("stopping: draining and committing");
      exitCode = 0;
    } finally {
      closed.countDown();
      if (exitCode != 0 && toldToStop.getCount() > 0) {
        Runtime.getRuntime().removeShutdownHook(hook);
      }
    }
    log.info("stopped");
    return exitCode;
  }

  /**
   * What SIGHUP does: reload the configuration, as it does for other services, instead of ending
   * the process. Systems without that signal have nothing of it; a process that was started with it
   * ignored ({@code nohup}) goes on to ignore it.
   */
  private record Hangup(@Nullable Object before) implements AutoCloseable {

    private static final String SIGNAL = "HUP";

    static Hangup reloading(PenstockService service) {
      return new Hangup(
          Signals.register(
              SIGNAL,
              () -> {
                log.info("told to reload by SIGHUP");
                var unused = service.reload();
              }));
    }

    @Override
    public void close() {
      if (before != null) {
        Signals.unregister(SIGNAL, before);
      }
    }
  }

  /**
   * The hook of SIGTERM and Ctrl-C. The virtual machine would end with 128 + the signal's number;
   * an orderly stop is a success, so it halts with 0 once everything is closed.
   */
  private void stopAndWait() {
    toldToStop.countDown();
    try {
      if (closed.await(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        Runtime.getRuntime().halt(0);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

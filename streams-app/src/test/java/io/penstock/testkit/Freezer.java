package io.penstock.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Makes processes stand still (SIGSTOP) and go on (SIGCONT), which Java cannot do by itself. None
 * stays frozen for more than a minute, even when whoever froze it is gone: a frozen process would
 * not notice that.
 */
final class Freezer {

  private static final int LIMIT_SECONDS = 60;

  private Freezer() {}

  /** Without effect if there is no such process any more. */
  static void freeze(long pid) {
    shell("kill -STOP %1$d; (sleep %2$d; kill -CONT %1$d) &".formatted(pid, LIMIT_SECONDS));
  }

  /** Without effect if there is no such process any more. */
  static void thaw(long pid) {
    shell("kill -CONT %d".formatted(pid));
  }

  /** Sends another signal, by its name without SIG. */
  static void signal(String name, long pid) {
    shell("kill -%s %d".formatted(name, pid));
  }

  private static void shell(String command) {
    try {
      Process shell =
          new ProcessBuilder("sh", "-c", command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      shell.waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}

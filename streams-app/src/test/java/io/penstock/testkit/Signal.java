package io.penstock.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;

/** A signal that Java cannot send by itself: stops a process as it stands, or lets it go on. */
public enum Signal {
  STOP,
  CONT;

  /** Sends it; without effect if there is no such process any more. */
  public void send(long pid) {
    try {
      Process kill =
          new ProcessBuilder("kill", "-" + name(), String.valueOf(pid))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      kill.waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}

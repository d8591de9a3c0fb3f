package io.penstock.localstack.host;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.util.Arrays;

/**
 * The main class of every {@link JavaProcess}: runs another main class, and ends the process at
 * once when its standard input closes. The parent holds the other end of that pipe and never writes
 * to it, so the input closes when the parent is gone, be it by SIGKILL. Uses the JDK only, because
 * the other program's class path is not ours.
 */
public final class Leash {

  /** 128 + SIGKILL, as a shell reports it. */
  private static final int EXIT_CODE = 137;

  private Leash() {}

  /** Arguments: the other main class, then its own arguments. */
  public static void main(String[] args) throws Throwable {
    Thread watch = new Thread(Leash::endWithInput, "leash");
    watch.setDaemon(true);
    watch.start();
    String[] rest = Arrays.copyOfRange(args, 1, args.length);
    try {
      Class.forName(args[0]).getMethod("main", String[].class).invoke(null, (Object) rest);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private static void endWithInput() {
    try {
      System.in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      // A broken pipe says the same as its end.
    }
    Runtime.getRuntime().halt(EXIT_CODE);
  }
}

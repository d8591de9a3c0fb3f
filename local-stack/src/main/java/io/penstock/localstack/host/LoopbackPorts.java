package io.penstock.localstack.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/**
 * Free TCP ports on loopback. They lie below the range from which operating systems take the ports
 * of outgoing connections (Linux: 32768 and up), so that a server that restarts on its port does
 * not find a client's connection, or a client connected to itself, there. Thread-safe.
 */
public final class LoopbackPorts {

  /** The address that everything local listens on. */
  public static final String HOST = "127.0.0.1";

  private static final int FIRST = 20_000;
  private static final int LAST = 32_000;
  private static final int ATTEMPTS = 200;

  private LoopbackPorts() {}

  /** A port that is free now. Nothing reserves it: bind it soon. */
  public static int free() {
    return IntStream.generate(() -> ThreadLocalRandom.current().nextInt(FIRST, LAST))
        .limit(ATTEMPTS)
        .filter(LoopbackPorts::isFree)
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "No free port on %s after %d attempts (expected: one in %d-%d)"
                        .formatted(HOST, ATTEMPTS, FIRST, LAST)));
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port));
      return true;
    } catch (BindException e) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package io.penstock.localstack.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
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

  /** Nobody gets a port that somebody else got before, who may not have bound it yet. */
  private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

  private LoopbackPorts() {}

  /** A port that is free now, and that this process gives once. Nothing else reserves it. */
  public static int free() {
    return IntStream.generate(() -> ThreadLocalRandom.current().nextInt(FIRST, LAST))
        .limit(ATTEMPTS)
        .filter(port -> isFree(port) && GIVEN.add(port))
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

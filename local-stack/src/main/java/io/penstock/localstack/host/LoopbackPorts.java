package io.penstock.localstack.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/**
 * Free TCP ports on loopback. They lie below the range from which operating systems take the ports
 * of outgoing connections (Linux: 32768 and up), so that a server that restarts on its port does
 * not find a client's connection, or a client connected to itself, there. A port belongs to the
 * process that it was given to until that ends, whether or not anything listens there: two test
 * runs on one machine do not take each other's between a broker's crash and its restart.
 * Thread-safe.
 */
public final class LoopbackPorts {

  /** The address that everything local listens on. */
  public static final String HOST = "127.0.0.1";

  private static final int FIRST = 20_000;
  private static final int LAST = 32_000;
  private static final int ATTEMPTS = 200;

  /**
   * The UDP ports of the same numbers, which nobody else here uses: one is bound as long as the
   * process lives that the TCP port was given to.
   */
  private static final Queue<DatagramSocket> RESERVATIONS = new ConcurrentLinkedQueue<>();

  private LoopbackPorts() {}

  /**
   * A port that is free now, that this process gives once, and no other process that asks here
   * while this one lives.
   */
  public static int free() {
    return IntStream.generate(() -> ThreadLocalRandom.current().nextInt(FIRST, LAST))
        .limit(ATTEMPTS)
        .filter(port -> isFree(port) && reserve(port))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "No free port on %s after %d attempts (expected: one in %d-%d)"
                        .formatted(HOST, ATTEMPTS, FIRST, LAST)));
  }

  /** Whether the port is this process's from now on. */
  static boolean reserve(int port) {
    try {
      return RESERVATIONS.add(new DatagramSocket(address(port)));
    } catch (SocketException e) {
      return false;
    }
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(address(port));
      return true;
    } catch (BindException e) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InetSocketAddress address(int port) {
    try {
      return new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("127.0.0.1 has four bytes", e);
    }
  }
}

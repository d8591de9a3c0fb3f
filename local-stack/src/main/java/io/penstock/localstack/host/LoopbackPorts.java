package io.penstock.localstack.host;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
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

  /** Nobody gets a port that somebody else got before, who may not have bound it yet. */
  private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

  /** The byte at a port's offset is locked by the process that the port was given to. */
  static final Path RESERVATIONS =
      Path.of(
          System.getProperty("java.io.tmpdir"),
          "penstock-ports-" + System.getProperty("user.name"));

  /** Open until the process ends: closing any channel of a file gives back all of its locks. */
  private static final FileChannel LOCKS = openReservations();

  private LoopbackPorts() {}

  /**
   * A port that is free now, that this process gives once, and no other process of this user while
   * this one lives.
   */
  public static int free() {
    return IntStream.generate(() -> ThreadLocalRandom.current().nextInt(FIRST, LAST))
        .limit(ATTEMPTS)
        .filter(port -> isFree(port) && GIVEN.add(port) && reserve(port))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "No free port on %s after %d attempts (expected: one in %d-%d)"
                        .formatted(HOST, ATTEMPTS, FIRST, LAST)));
  }

  private static FileChannel openReservations() {
    try {
      return FileChannel.open(RESERVATIONS, CREATE, WRITE);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot open " + RESERVATIONS + " to reserve ports", e);
    }
  }

  /** Ends with this process; there is no way to give a port back. */
  @SuppressWarnings("resource")
  private static boolean reserve(int port) {
    try {
      return LOCKS.tryLock(port, 1, false) != null;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot reserve port " + port, e);
    }
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

package io.penstock.testkit;

import io.penstock.localstack.host.LoopbackPorts;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A port that leads to another one, until it is cut: then bytes stay where they are, as in a
 * network that drops packets, and go on once it is mended. Thread-safe.
 */
public final class TcpProxy implements AutoCloseable {

  private static final int CHUNK_BYTES = 1 << 16;

  private final ServerSocket server;
  private final int target;
  private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();
  // @GuardedBy("this")
  private boolean cut;

  /** A way to that port of this machine. */
  public TcpProxy(int port, int target) {
    this.target = target;
    try {
      server = new ServerSocket(port, 0, InetAddress.getByName(LoopbackPorts.HOST));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    start(this::accept);
  }

  public synchronized void cut() {
    cut = true;
  }

  public synchronized void mend() {
    cut = false;
    notifyAll();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        Socket broker = new Socket(server.getInetAddress(), target);
        sockets.add(client);
        sockets.add(broker);
        start(() -> pump(client, broker));
        start(() -> pump(broker, client));
      } catch (IOException e) {
        // Closed, or the target is: the client tries again.
      }
    }
  }

  private void pump(Socket from, Socket to) {
    byte[] chunk = new byte[CHUNK_BYTES];
    try (from;
        to;
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream()) {
      for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
        awaitMended();
        out.write(chunk, 0, read);
      }
    } catch (IOException e) {
      // One side has closed the connection.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void awaitMended() throws InterruptedException {
    while (cut) {
      wait();
    }
  }

  private static void start(Runnable work) {
    Thread thread = new Thread(work, "tcp-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    mend();
    try {
      server.close();
      for (Socket socket : sockets) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

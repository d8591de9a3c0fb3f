package io.penstock.faults;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.function.IntConsumer;

/**
 * Arms faults from outside: a request for {@code /hang/2000}, {@code /fail-runs/3}, {@code
 * /fail-version/2}, {@code /time-out-process/0}, {@code -poll} or {@code -hook}, {@code
 * /fail-send/0}. And disarms what has not struck yet: {@code /disarm/0}.
 */
public final class FaultEndpoint {

  /** The system property that names its port. */
  public static final String PORT = "faults.port";

  private FaultEndpoint() {}

  /** Faults that are armed over HTTP, on that port of loopback, as long as the process lives. */
  public static Faults open(int port) throws IOException {
    Faults faults = new Faults();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    on(server, "/hang/", faults::hang);
    on(server, "/fail-runs/", faults::failRuns);
    on(server, "/fail-version/", faults::failVersion);
    for (ForwardPath path : ForwardPath.values()) {
      on(
          server,
          "/time-out-" + path.name().toLowerCase(Locale.ROOT) + "/",
          extent -> faults.timeOut(path));
    }
    on(server, "/fail-send/", extent -> faults.failSend());
    on(server, "/disarm/", extent -> faults.disarm());
    server.start();
    return faults;
  }

  private static void on(HttpServer server, String path, IntConsumer fault) {
    server.createContext(
        path,
        exchange -> {
          fault.accept(
              Integer.parseInt(exchange.getRequestURI().getPath().substring(path.length())));
          answer(exchange);
        });
  }

  private static void answer(HttpExchange exchange) throws IOException {
    exchange.sendResponseHeaders(204, -1);
    exchange.close();
  }
}

package io.penstock.http;

import io.penstock.config.HttpConfig;
import io.penstock.http.exchange.Exchange;
import java.io.Closeable;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;

/** The socket of the admin server: plain HTTP, or HTTPS where there is a keystore. */
final class Listener {

  private static final int ACCEPTORS = 1;
  private static final int SELECTORS = 1;

  private final HttpConfig.Address address;
  private final Optional<SslContextFactory.Server> tls;

  /**
   * @throws AdminServerException if the keystore cannot be used
   */
  Listener(HttpConfig config) {
    this.address = config.listen();
    this.tls = config.tls().map(Listener::context);
  }

  /** A part of that server, at rest. */
  ServerConnector connector(Server jetty, HttpConfiguration http) {
    http.setSendServerVersion(false);
    http.addCustomizer(Listener::letBeCutOff);
    ServerConnector connector =
        new ServerConnector(
            jetty,
            null,
            new ScheduledExecutorScheduler("penstock-http-timer", true),
            null,
            ACCEPTORS,
            SELECTORS,
            protocols(http));
    connector.setHost(address.host());
    connector.setPort(address.port());
    return connector;
  }

  private static Request letBeCutOff(Request request, HttpFields.Mutable unusedHeaders) {
    EndPoint connection = request.getConnectionMetaData().getConnection().getEndPoint();
    Closeable cut =
        () -> connection.close(new TimeoutException("the answer was not taken in time"));
    request.setAttribute(Exchange.CONNECTION, cut);
    return request;
  }

  private ConnectionFactory[] protocols(HttpConfiguration http) {
    if (tls.isEmpty()) {
      return new ConnectionFactory[] {new HttpConnectionFactory(http)};
    }
    // Probes and scrapers ask by address: whether the certificate has that name is for them to say.
    http.addCustomizer(new SecureRequestCustomizer(false));
    HttpConnectionFactory inner = new HttpConnectionFactory(http);
    return new ConnectionFactory[] {
      new SslConnectionFactory(tls.get(), inner.getProtocol()), inner
    };
  }

  private static SslContextFactory.Server context(HttpConfig.Tls tls) {
    SslContextFactory.Server context = new SslContextFactory.Server();
    context.setKeyStore(StoreFile.open("http.tls.keystore", tls));
    context.setKeyStorePassword(tls.password());
    return context;
  }
}

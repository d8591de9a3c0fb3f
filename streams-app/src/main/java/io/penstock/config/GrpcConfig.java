package io.penstock.config;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * Where requests over gRPC are answered, and whose.
 *
 * @param tls how the server proves who it is; empty: as the admin server does
 * @param clients whose certificates a client may show, as a truststore; empty: it need not show one
 * @param tokenFile the file with the token that callers must send; empty: the admin server's
 */
public record GrpcConfig(
    HttpConfig.Address listen,
    Optional<HttpConfig.Tls> tls,
    Optional<HttpConfig.Tls> clients,
    Optional<Path> tokenFile) {

  public GrpcConfig {
    Objects.requireNonNull(listen, "listen");
    Objects.requireNonNull(tls, "tls");
    Objects.requireNonNull(clients, "clients");
    Objects.requireNonNull(tokenFile, "tokenFile");
  }

  /** Without TLS, for everybody. */
  public static GrpcConfig plain(HttpConfig.Address listen) {
    return new GrpcConfig(listen, Optional.empty(), Optional.empty(), Optional.empty());
  }

  /**
   * The same with what the admin server has, where it has nothing of its own.
   *
   * @throws IllegalArgumentException if clients are to show certificates to a server without one
   */
  GrpcConfig beside(HttpConfig http) {
    Optional<HttpConfig.Tls> certificate = tls.or(http::tls);
    if (clients.isPresent() && certificate.isEmpty()) {
      throw new IllegalArgumentException(
          "requests.grpc.tls.truststore: without a certificate of the server (expected:"
              + " requests.grpc.tls.keystore or http.tls.keystore too)");
    }
    return new GrpcConfig(listen, certificate, clients, tokenFile.or(http::tokenFile));
  }
}

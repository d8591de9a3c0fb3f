package io.penstock.cli.request;

import io.penstock.config.load.ConfigurationException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Sends requests to one service. */
final class ServiceClient {

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  private final URI service;
  private final String key;
  private final Optional<Path> tokenFile;
  private final HttpClient client;

  /**
   * @param key of the configuration that says where it answers, for messages
   * @param tokenFile the token to send
   * @param trust certificates that the service may be signed by, beside what Java trusts: PEM
   */
  ServiceClient(URI service, String key, Optional<Path> tokenFile, Optional<Path> trust) {
    this.service = service;
    this.key = key;
    this.tokenFile = tokenFile;
    HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT);
    trust.ifPresent(file -> builder.sslContext(trusting(file)));
    this.client = builder.build();
  }

  /**
   * Posts JSON and waits for the answer.
   *
   * @throws HttpTimeoutException if the answer takes longer
   * @throws IOException if nobody answers
   */
  HttpResponse<byte[]> post(String path, byte[] body, Duration timeout)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(service.resolve(path))
            .timeout(timeout)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    if (tokenFile.isPresent()) {
      request.header("Authorization", "Bearer " + token(tokenFile.get()));
    }
    try {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    } catch (HttpConnectTimeoutException e) {
      throw nobody(e);
    } catch (HttpTimeoutException e) {
      throw e;
    } catch (IOException e) {
      throw nobody(e);
    }
  }

  private IOException nobody(IOException e) {
    return new IOException(
        "no service answers at %s: %s (expected: a service that answers requests there; see %s, and --url)"
            .formatted(service, e, key),
        e);
  }

  private static String token(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw new ConfigurationException(
          "--token-file: " + file + " cannot be read (expected: a file with the token): " + e);
    }
  }

  private static SSLContext trusting(Path file) {
    try (InputStream pem = Files.newInputStream(file)) {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int number = 0;
      for (Certificate certificate :
          CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
        store.setCertificateEntry("trusted-" + number++, certificate);
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw new ConfigurationException(
          "--trust: " + file + " cannot be used (expected: certificates in PEM): " + e);
    }
  }
}

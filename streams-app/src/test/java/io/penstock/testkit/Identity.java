package io.penstock.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * Somebody on this machine who can prove who he is: a key with a certificate that he has signed
 * himself, by the JDK's keytool. Immutable.
 *
 * @param keystore his key and certificate, as PKCS12
 * @param password of that and of every truststore
 */
public record Identity(String name, Path keystore, String password) {

  private static final String ALIAS = "self";

  /** Makes one, by that common name, for this machine's addresses. */
  public static Identity make(Path folder, String name, String password) {
    Path keystore = folder.resolve(name + ".p12");
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
            "-genkeypair",
            "-alias",
            ALIAS,
            "-keyalg",
            "EC",
            "-dname",
            "CN=" + name,
            "-ext",
            "SAN=dns:localhost,ip:127.0.0.1",
            "-storetype",
            "PKCS12",
            "-keystore",
            keystore.toString(),
            "-storepass",
            password);
    try {
      Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (keytool.waitFor() != 0) {
        throw new AssertionError(said);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
    return new Identity(name, keystore, password);
  }

  /** A truststore beside the keystore with those certificates, for whoever believes them. */
  public Path trusting(Identity... others) {
    Path truststore = keystore.resolveSibling(name + "-trusts.p12");
    try (OutputStream out = Files.newOutputStream(truststore)) {
      truststoreOf(others).store(out, password.toCharArray());
    } catch (IOException | GeneralSecurityException e) {
      throw new AssertionError(e);
    }
    return truststore;
  }

  /** His certificate in PEM, beside the keystore. */
  public Path pem() {
    try {
      KeyStore store = KeyStore.getInstance(keystore.toFile(), password.toCharArray());
      String base64 =
          Base64.getMimeEncoder().encodeToString(store.getCertificate(ALIAS).getEncoded());
      return Files.writeString(
          keystore.resolveSibling(name + ".pem"),
          "-----BEGIN CERTIFICATE-----\n" + base64 + "\n-----END CERTIFICATE-----\n");
    } catch (IOException | GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** TLS of somebody who believes him, and says nothing of himself. */
  public SSLContext believed() {
    try {
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(truststoreOf(this));
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** TLS of this one, who believes nobody but those. */
  public SSLContext meeting(Identity... others) {
    try {
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(opened(), password.toCharArray());
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(truststoreOf(others));
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static KeyStore truststoreOf(Identity... others) {
    try {
      KeyStore truststore = KeyStore.getInstance("PKCS12");
      truststore.load(null, null);
      for (Identity other : others) {
        truststore.setCertificateEntry(other.name, other.opened().getCertificate(ALIAS));
      }
      return truststore;
    } catch (IOException | GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private KeyStore opened() {
    try (InputStream in = Files.newInputStream(keystore)) {
      KeyStore opened = KeyStore.getInstance("PKCS12");
      opened.load(in, password.toCharArray());
      return opened;
    } catch (IOException | GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }
}

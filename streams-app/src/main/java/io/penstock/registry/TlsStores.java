package io.penstock.registry;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * The stores with whom to trust and who we are ({@code ssl.truststore.*}, {@code ssl.keystore.*}).
 * Without a trust store the JVM's own decides; without a key store we show no certificate.
 */
public record TlsStores(
    @Nullable Store trustStore, @Nullable Store keyStore, @Nullable String keyPassword) {

  static TlsStores of(RegistryKeys keys) {
    return new TlsStores(
        Store.of(keys, "ssl.truststore"),
        Store.of(keys, "ssl.keystore"),
        keys.text("ssl.key.password"));
  }

  /** A context of these stores, if there is one. */
  Optional<SSLContext> context() {
    if (trustStore == null && keyStore == null) {
      return Optional.empty();
    }
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keyManagers(), trustManagers(), null);
      return Optional.of(context);
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException(
          "The registry's TLS stores cannot be used: "
              + e.getMessage()
              + "; check ssl.keystore.* and ssl.key.password",
          e);
    }
  }

  private KeyManager @Nullable [] keyManagers() throws GeneralSecurityException {
    if (keyStore == null) {
      return null;
    }
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    String password = keyPassword == null ? keyStore.password() : keyPassword;
    factory.init(keyStore.load(), password == null ? null : password.toCharArray());
    return factory.getKeyManagers();
  }

  private TrustManager @Nullable [] trustManagers() throws GeneralSecurityException {
    if (trustStore == null) {
      return null;
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(trustStore.load());
    return factory.getTrustManagers();
  }

  /** Where the stores are: passwords are never printed. */
  @Override
  public String toString() {
    return "TlsStores[trustStore=" + trustStore + ", keyStore=" + keyStore + "]";
  }

  /** One store's file. */
  public record Store(String key, Path location, @Nullable String password, String type) {

    private static @Nullable Store of(RegistryKeys keys, String key) {
      String location = keys.text(key + ".location");
      String password = keys.text(key + ".password");
      String type = keys.text(key + ".type");
      if (location == null) {
        if (password != null || type != null) {
          throw new IllegalArgumentException(
              key + ".location is missing (expected: a file, as the store's other keys are set)");
        }
        return null;
      }
      String known = type == null ? "JKS" : type.toUpperCase(Locale.ROOT);
      if (!known.equals("JKS") && !known.equals("PKCS12")) {
        throw keys.invalid(key + ".type", known, "JKS or PKCS12");
      }
      return new Store(key, Path.of(location), password, known);
    }

    private KeyStore load() throws GeneralSecurityException {
      KeyStore store = KeyStore.getInstance(type);
      try (InputStream in = Files.newInputStream(location)) {
        store.load(in, password == null ? null : password.toCharArray());
      } catch (IOException e) {
        throw new IllegalArgumentException(
            key
                + ".location: "
                + location
                + " (expected: a readable "
                + type
                + " store that "
                + key
                + ".password opens): "
                + e.getMessage(),
            e);
      }
      return store;
    }

    /** Where the store is: its password is never printed. */
    @Override
    public String toString() {
      return type + ":" + location;
    }
  }
}

package io.penstock.http;

import io.penstock.config.HttpConfig;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;

/** Opens stores of keys and certificates. Stateless. */
public final class StoreFile {

  private StoreFile() {}

  /**
   * The store in a file.
   *
   * @param key of the configuration that names the file; that of its password ends with {@code
   *     -password}
   * @throws AdminServerException if it cannot be opened
   */
  public static KeyStore open(String key, HttpConfig.Tls file) {
    try {
      return KeyStore.getInstance(file.keystore().toFile(), file.password().toCharArray());
    } catch (IOException | GeneralSecurityException e) {
      throw new AdminServerException(
          "%s: %s cannot be opened with %s-password (expected: a PKCS12 or JKS keystore of that password): %s"
              .formatted(key, file.keystore(), key, e.getMessage()),
          e);
    }
  }
}

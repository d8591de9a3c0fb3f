package io.penstock.model.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A SHA-256 sum that is being made, of bytes and of files. Not thread-safe. */
public final class Sha256 {

  private static final int CHUNK_BYTES = 1 << 18;

  private final MessageDigest digest;

  /** Of nothing yet. */
  public Sha256() {
    try {
      this.digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Adds bytes. */
  public void add(byte[] bytes) {
    digest.update(bytes);
  }

  /** Adds what a file holds. */
  public void add(Path file) throws IOException {
    byte[] chunk = new byte[CHUNK_BYTES];
    try (InputStream content = Files.newInputStream(file)) {
      for (int read = content.read(chunk); read >= 0; read = content.read(chunk)) {
        digest.update(chunk, 0, read);
      }
    }
  }

  /** The sum in lower-case hexadecimal. To be called once. */
  public String hex() {
    return HexFormat.of().formatHex(digest.digest());
  }
}

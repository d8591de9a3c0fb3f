package io.penstock.config.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Tells one content of a configuration's file from another: the first 12 hexadecimal digits of its
 * SHA-256, so that {@code sha256sum} prints it as well.
 */
public final class FileFingerprint {

  private static final int DIGITS = 12;

  private FileFingerprint() {}

  /** Of a file as it is now; empty if it cannot be read. */
  public static Optional<String> of(Path file) {
    try {
      return Optional.of(of(Files.readAllBytes(file)));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Of what a file holds. */
  static String of(String text) {
    return of(text.getBytes(UTF_8));
  }

  private static String of(byte[] content) {
    try {
      byte[] sum = MessageDigest.getInstance("SHA-256").digest(content);
      return HexFormat.of().formatHex(sum).substring(0, DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}

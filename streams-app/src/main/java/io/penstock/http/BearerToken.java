package io.penstock.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * The token of a file, which is read for each question: whoever replaces the file replaces the
 * token. Thread-safe.
 */
public final class BearerToken {

  private static final String SCHEME = "Bearer ";

  private final Path file;

  /**
   * The token in a file.
   *
   * @param key of the configuration that names the file
   * @throws AdminServerException if there is no token in it now
   */
  public BearerToken(String key, Path file) {
    this.file = file;
    try {
      var unused = read();
    } catch (IOException e) {
      throw new AdminServerException(
          key
              + ": "
              + file
              + " has no token (expected: a file that can be read, with the token in it): "
              + e,
          e);
    }
  }

  /**
   * Whether that header has the token, compared in a time that tells nothing of it.
   *
   * @throws IOException if the file has none any more: then nobody is let in
   */
  public boolean isIn(@Nullable String authorization) throws IOException {
    byte[] expected = read();
    return authorization != null
        && authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        && MessageDigest.isEqual(
            expected,
            authorization.substring(SCHEME.length()).strip().getBytes(StandardCharsets.UTF_8));
  }

  private byte[] read() throws IOException {
    String token = Files.readString(file).strip();
    if (token.isEmpty()) {
      throw new IOException("it is empty");
    }
    return token.getBytes(StandardCharsets.UTF_8);
  }
}

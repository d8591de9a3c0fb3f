package io.penstock.model.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;

/**
 * Identifies a model's bytes, the same on every machine: SHA-256 over every file in the order of
 * paths, each as its path relative to the directory (UTF-8, {@code /} between names), a zero byte,
 * its length (8 bytes, big-endian) and its content.
 */
public final class Fingerprint {

  private static final int HEX_DIGITS = 16;

  private Fingerprint() {}

  /**
   * The first 16 hexadecimal digits. Reads every file.
   *
   * @throws IOException if one cannot be read
   */
  public static String of(Path directory) throws IOException {
    Sha256 sum = new Sha256();
    for (Map.Entry<String, BasicFileAttributes> file : FileTree.list(directory).entrySet()) {
      if (file.getValue().isRegularFile()) {
        sum.add((file.getKey() + "\0").getBytes(StandardCharsets.UTF_8));
        sum.add(ByteBuffer.allocate(Long.BYTES).putLong(0, file.getValue().size()).array());
        sum.add(directory.resolve(file.getKey()));
      }
    }
    return sum.hex().substring(0, HEX_DIGITS);
  }
}

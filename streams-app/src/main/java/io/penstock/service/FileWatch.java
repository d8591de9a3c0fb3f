package io.penstock.service;

import io.penstock.config.load.FileFingerprint;
import java.nio.file.Path;

/**
 * Tells when a file has another content than before, once two looks have seen the same: somebody
 * may be writing it. A file that cannot be read has not changed. Not thread-safe.
 */
final class FileWatch {

  private final Path file;
  private String told;
  private String seen;

  /** Of changes from now on. */
  FileWatch(Path file) {
    this.file = file;
    this.told = FileFingerprint.of(file).orElse("");
    this.seen = told;
  }

  /** Whether it has changed since that was last told. */
  boolean hasChanged() {
    String now = FileFingerprint.of(file).orElse(told);
    boolean rests = now.equals(seen);
    seen = now;
    if (!rests || now.equals(told)) {
      return false;
    }
    told = now;
    return true;
  }
}

package io.penstock.model.source;

import java.nio.file.Path;
import java.util.Objects;

/**
 * A version that a source would have served, complete in a local directory.
 *
 * @param version the version's number
 * @param directory the folder that holds {@code saved_model.pb}
 * @param revision stands for the state of its files: equal as long as they are unchanged, so that a
 *     version that failed is worth another try once its revision differs
 */
public record AspiredVersion(long version, Path directory, String revision) {

  public AspiredVersion {
    Objects.requireNonNull(directory, "directory");
    Objects.requireNonNull(revision, "revision");
    if (version < 0) {
      throw new IllegalArgumentException("version: " + version + " (expected: 0 or more)");
    }
  }
}

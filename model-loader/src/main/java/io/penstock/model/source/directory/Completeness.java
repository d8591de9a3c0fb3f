package io.penstock.model.source.directory;

import java.time.Duration;
import java.util.Objects;

/** How a version's directory is known to be copied completely. */
public sealed interface Completeness {

  /**
   * Its files have settled: two scans at least that far apart saw the same files, sizes and times,
   * {@code saved_model.pb} is there, and so is every shard that another names.
   */
  record Settled(Duration period) implements Completeness {

    public Settled {
      if (period.isNegative()) {
        throw new IllegalArgumentException("period: " + period + " (expected: 0 or more)");
      }
    }
  }

  /**
   * It has a file of that name, which whoever copies it makes last.
   *
   * @param fileName in the version's directory itself
   */
  record Marker(String fileName) implements Completeness {

    /** What Hadoop and Spark write into a directory when the job that filled it is done. */
    public static final String DEFAULT_FILE_NAME = "_SUCCESS";

    public Marker {
      Objects.requireNonNull(fileName, "fileName");
      if (fileName.isBlank() || fileName.contains("/")) {
        throw new IllegalArgumentException(
            "fileName: " + fileName + " (expected: a file's name without a path)");
      }
    }
  }

  /** Its files are those that its {@link Manifest} names, with the same SHA-256 sums. */
  record Manifested() implements Completeness {

    /** Where that is, in the version's directory. */
    public static final String FILE_NAME = "MANIFEST.sha256";
  }
}

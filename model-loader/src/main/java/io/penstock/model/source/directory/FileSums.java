package io.penstock.model.source.directory;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The SHA-256 sums that a version's files must have, said by somebody who knows. Immutable. */
public final class FileSums {

  private final Manifest manifest;

  /**
   * Those sums.
   *
   * @param sums in hexadecimal, by path relative to the version's directory
   */
  public FileSums(Map<String, String> sums) {
    SortedMap<String, String> lowerCase = new TreeMap<>();
    sums.forEach((path, sum) -> lowerCase.put(path, sum.toLowerCase(Locale.ROOT)));
    this.manifest = new Manifest(lowerCase);
  }

  /**
   * The sums that a file lists as {@code sha256sum} prints them, by path.
   *
   * @throws IllegalArgumentException if it is no such file, with a message that names the line
   */
  public static SortedMap<String, String> parse(String text) {
    return Manifest.parse(text).sums();
  }

  /**
   * Where the files in a directory differ: missing, not listed, or with another sum. Reads every
   * file if the names are the same.
   *
   * @throws IOException if they cannot be read
   */
  public List<String> differences(Path directory) throws IOException {
    VersionFiles files =
        VersionFiles.list(directory, new Fence(directory.toRealPath(), Links.ANYWHERE));
    List<String> names = manifest.namesThatDiffer(files);
    return names.isEmpty() ? manifest.contentsThatDiffer(files) : names;
  }
}

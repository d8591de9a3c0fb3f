package io.penstock.model.source.directory;

import io.penstock.model.files.Sha256;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The files of a version with their SHA-256 sums, as {@code sha256sum} prints them. So a shell can
 * write it, and check it with {@code sha256sum -c}.
 *
 * @param sums in lower-case hexadecimal, by path relative to the version's directory
 */
record Manifest(SortedMap<String, String> sums) {

  static final String FILE_NAME = Completeness.Manifested.FILE_NAME;

  // coreutils, sha256sum(1): a backslash first when the name has characters that are escaped; a
  // blank; another, or an asterisk for "binary", which means nothing here.
  private static final Pattern LINE = Pattern.compile("(\\\\?)(\\p{XDigit}{64}) [ *](.+)");

  Manifest {
    sums = Collections.unmodifiableSortedMap(new TreeMap<>(sums));
  }

  /**
   * Reads a text.
   *
   * @throws IllegalArgumentException if it is none, with a message that names the line
   */
  static Manifest parse(String text) {
    SortedMap<String, String> sums = new TreeMap<>();
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      Matcher matcher = LINE.matcher(line);
      if (!matcher.matches()) {
        throw new IllegalArgumentException(
            "line %d: %s (expected: a SHA-256 sum, two blanks and a path, as sha256sum prints it)"
                .formatted(number, line));
      }
      String name = matcher.group(1).isEmpty() ? matcher.group(3) : unescape(matcher.group(3));
      String path = name.startsWith("./") ? name.substring(2) : name;
      if (sums.put(path, matcher.group(2).toLowerCase(Locale.ROOT)) != null) {
        throw new IllegalArgumentException(
            "line %d: %s a second time (expected: each file once)".formatted(number, path));
      }
    }
    return new Manifest(sums);
  }

  /** Where names differ: files that are missing, and files that are not listed. */
  List<String> namesThatDiffer(VersionFiles files) {
    TreeSet<String> missing = new TreeSet<>(sums.keySet());
    missing.removeAll(files.files());
    TreeSet<String> unlisted = new TreeSet<>(files.files());
    unlisted.removeAll(sums.keySet());
    unlisted.remove(FILE_NAME);
    List<String> differences = new ArrayList<>();
    missing.forEach(path -> differences.add(path + " is missing"));
    unlisted.forEach(path -> differences.add(path + " is not listed"));
    return differences;
  }

  /**
   * Where contents differ. Reads every file.
   *
   * @param files of the same names as this
   */
  List<String> contentsThatDiffer(VersionFiles files) throws IOException {
    List<String> differences = new ArrayList<>();
    for (var sum : sums.entrySet()) {
      Sha256 read = new Sha256();
      read.add(files.directory().resolve(sum.getKey()));
      String found = read.hex();
      if (!found.equals(sum.getValue())) {
        differences.add(
            "%s has SHA-256 %s (expected: %s)".formatted(sum.getKey(), found, sum.getValue()));
      }
    }
    return differences;
  }

  private static String unescape(String name) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c == '\\' && i + 1 < name.length()) {
        i++;
        c = name.charAt(i);
        text.append(c == 'n' ? '\n' : c == 'r' ? '\r' : c);
      } else {
        text.append(c);
      }
    }
    return text.toString();
  }
}

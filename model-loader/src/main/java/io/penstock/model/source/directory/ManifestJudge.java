package io.penstock.model.source.directory;

import java.io.IOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Takes a version for complete when its files are those of its {@link Manifest}. To read gigabytes
 * takes a while, so files are read once, and again only when they have changed; not while they
 * change, but when two scans in a row saw the same; and of one version a scan, the newest first.
 * Not thread-safe.
 */
final class ManifestJudge implements Judge {

  /** So many mismatches are named, since a version may have thousands of files. */
  private static final int NAMED = 10;

  /** What came of comparing those files with their manifest. */
  private record Verdict(VersionFiles files, Optional<String> mismatch) {}

  private final Map<Long, Verdict> verdicts = new HashMap<>();
  private Map<Long, VersionFiles> previous = Map.of();
  private boolean hasRead;

  @Override
  public SortedMap<Long, String> pending(Scan scan) {
    verdicts.keySet().retainAll(scan.listing().keySet());
    hasRead = false;
    SortedMap<Long, String> pending = new TreeMap<>();
    TreeMap<Long, VersionFiles> listing = new TreeMap<>(scan.listing());
    listing
        .descendingMap()
        .forEach(
            (version, files) ->
                judge(version, files).ifPresent(reason -> pending.put(version, reason)));
    previous = listing;
    return pending;
  }

  private Optional<String> judge(long version, VersionFiles files) {
    Verdict known = verdicts.get(version);
    if (known != null && known.files().equals(files)) {
      return known.mismatch();
    }
    Optional<String> missing = files.missing();
    if (missing.isPresent()) {
      return missing;
    }
    if (!files.isFile(Manifest.FILE_NAME)) {
      return Optional.of(Manifest.FILE_NAME + " is missing");
    }
    if (!files.equals(previous.get(version))) {
      return Optional.of("its files have just changed");
    }
    if (hasRead) {
      return Optional.of("its files have not been compared with " + Manifest.FILE_NAME + " yet");
    }
    try {
      Optional<String> mismatch = compare(files);
      verdicts.put(version, new Verdict(files, mismatch));
      return mismatch;
    } catch (IOException e) {
      // No verdict on the files: it is tried again.
      return Optional.of("it could not be compared with " + Manifest.FILE_NAME + ": " + e);
    }
  }

  private Optional<String> compare(VersionFiles files) throws IOException {
    try {
      String text = Files.readString(files.directory().resolve(Manifest.FILE_NAME));
      Manifest manifest = Manifest.parse(text);
      List<String> differences = manifest.namesThatDiffer(files);
      if (differences.isEmpty()) {
        hasRead = true;
        differences = manifest.contentsThatDiffer(files);
      }
      return differences.isEmpty()
          ? Optional.empty()
          : Optional.of(Manifest.FILE_NAME + " does not match: " + describe(differences));
    } catch (IllegalArgumentException e) {
      return Optional.of(Manifest.FILE_NAME + " is no manifest: " + e.getMessage());
    }
  }

  private static String describe(List<String> differences) {
    String named = String.join("; ", differences.subList(0, Math.min(NAMED, differences.size())));
    return differences.size() <= NAMED
        ? named
        : named + "; and %d more".formatted(differences.size() - NAMED);
  }
}

package io.penstock.model.source.directory;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Takes a version for complete when its files are those of its {@link Manifest}. To read gigabytes
 * takes a while, so files are read once, and again only when they have changed, or now and then
 * where they did not match or could not be read; not while they change, but when two scans in a row
 * saw the same; and of one version a scan, those that were never read first, of these the newest.
 * Not thread-safe.
 */
final class ManifestJudge implements Judge {

  /** So many mismatches are named, since a version may have thousands of files. */
  private static final int NAMED = 10;

  /**
   * The first pause before files that do not match are read again; then twice as long, and so on.
   */
  private static final long LEAST_PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);

  private static final long MOST_PAUSE_NANOS = TimeUnit.HOURS.toNanos(1);

  /**
   * What came of comparing those files with their manifest.
   *
   * @param readNanos when that was
   * @param pauseNanos how long a mismatch is believed: not all file systems tell when a file is
   *     mended that keeps its size and time, or can be read again
   */
  private record Verdict(
      VersionFiles files, Optional<String> mismatch, long readNanos, long pauseNanos) {

    boolean holds(long nowNanos) {
      return mismatch.isEmpty() || nowNanos - readNanos < pauseNanos;
    }
  }

  private final Map<Long, Verdict> verdicts = new HashMap<>();
  private final Map<Long, VersionFiles> previous = new HashMap<>();
  private boolean hasRead;

  @Override
  public SortedMap<Long, Pending> pending(Scan scan) {
    verdicts.keySet().removeIf(version -> !scan.contains(version));
    hasRead = false;
    SortedMap<Long, Pending> pending = new TreeMap<>();
    TreeMap<Long, VersionFiles> listing = new TreeMap<>(scan.listing());
    List<Map.Entry<Long, VersionFiles>> order = new ArrayList<>(listing.descendingMap().entrySet());
    order.sort(Comparator.comparing(version -> known(version).isPresent()));
    for (Map.Entry<Long, VersionFiles> version : order) {
      judge(version, scan.startNanos()).ifPresent(reason -> pending.put(version.getKey(), reason));
    }
    previous.keySet().retainAll(scan.unreadable());
    previous.putAll(listing);
    return pending;
  }

  /** What came of a version's files when they were what they are. */
  private Optional<Verdict> known(Map.Entry<Long, VersionFiles> version) {
    return Optional.ofNullable(verdicts.get(version.getKey()))
        .filter(verdict -> verdict.files().equals(version.getValue()));
  }

  private Optional<Pending> judge(Map.Entry<Long, VersionFiles> version, long nowNanos) {
    VersionFiles files = version.getValue();
    Optional<Verdict> known = known(version);
    if (known.isPresent() && (known.get().holds(nowNanos) || hasRead)) {
      return known.get().mismatch().map(Pending::files);
    }
    Optional<String> missing = files.missing();
    if (missing.isPresent()) {
      return missing.map(Pending::files);
    }
    if (!files.isFile(Manifest.FILE_NAME)) {
      return Optional.of(Pending.files(Manifest.FILE_NAME + " is missing"));
    }
    if (!files.equals(previous.get(version.getKey()))) {
      return Optional.of(Pending.look("its files have just changed"));
    }
    if (hasRead) {
      return Optional.of(
          Pending.look("its files have not been compared with " + Manifest.FILE_NAME + " yet"));
    }
    Optional<String> mismatch = compare(files);
    long pauseNanos =
        known
            .map(verdict -> Math.min(2 * verdict.pauseNanos(), MOST_PAUSE_NANOS))
            .orElse(LEAST_PAUSE_NANOS);
    verdicts.put(version.getKey(), new Verdict(files, mismatch, nowNanos, pauseNanos));
    return mismatch.map(Pending::files);
  }

  private Optional<String> compare(VersionFiles files) {
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
    } catch (IOException e) {
      return Optional.of("it could not be compared with " + Manifest.FILE_NAME + ": " + e);
    }
  }

  private static String describe(List<String> differences) {
    String named = String.join("; ", differences.subList(0, Math.min(NAMED, differences.size())));
    return differences.size() <= NAMED
        ? named
        : named + "; and %d more".formatted(differences.size() - NAMED);
  }
}

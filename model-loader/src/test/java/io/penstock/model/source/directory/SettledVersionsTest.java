package io.penstock.model.source.directory;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.model.source.directory.VersionFiles.Entry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SettledVersionsTest {

  private static final long SETTLE_NANOS = 3;

  /** A scan, as the naive model remembers it. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void shouldAgreeWithAModelThatRemembersEveryScan(long seed) {
    // given
    Random random = new Random(seed);
    List<Judge.Scan> history = new ArrayList<>();
    SortedMap<Long, VersionFiles> files = new TreeMap<>();
    SettledVersions versions = SettledVersions.none();
    long now = random.nextLong();

    for (int step = 0; step < 2_000; step++) {
      // when somebody copies, deletes or does nothing, and a scan follows
      mutate(files, random);
      long start = now + random.nextInt(3);
      now = start + random.nextInt(2);
      SortedMap<Long, VersionFiles> listing = new TreeMap<>(files);
      Set<Long> unreadable = new TreeSet<>(files.keySet());
      unreadable.removeIf(version -> random.nextInt(5) > 0);
      listing.keySet().removeAll(unreadable);
      Judge.Scan scan = new Judge.Scan(listing, unreadable, start, now);
      history.add(scan);
      versions = versions.next(scan);

      // then
      for (long version : listing.keySet()) {
        assertThat(versions.pending(version, start, SETTLE_NANOS).isEmpty())
            .as("seed %d, step %d, version %d", seed, step, version)
            .isEqualTo(isSettled(history, version));
      }
    }
  }

  /**
   * Complete, and an earlier scan, like all since that could look, saw the same files a settle
   * period ago.
   */
  private static boolean isSettled(List<Judge.Scan> history, long version) {
    Judge.Scan last = history.get(history.size() - 1);
    VersionFiles files = last.listing().get(version);
    if (files == null || files.missing().isPresent()) {
      return false;
    }
    for (int i = history.size() - 1; i >= 0; i--) {
      Judge.Scan scan = history.get(i);
      if (scan.unreadable().contains(version)) {
        continue;
      }
      if (!files.equals(scan.listing().get(version))) {
        return false;
      }
      if (last.startNanos() - scan.endNanos() >= SETTLE_NANOS) {
        return true;
      }
    }
    return false;
  }

  private static void mutate(SortedMap<Long, VersionFiles> files, Random random) {
    long version = random.nextInt(3);
    switch (random.nextInt(12)) {
      case 0 -> files.remove(version);
      case 1, 2 -> {
        SortedMap<String, Entry> entries = new TreeMap<>();
        if (random.nextInt(4) > 0) {
          entries.put(
              "saved_model.pb",
              new Entry(false, random.nextInt(3), random.nextInt(2), random.nextInt(2)));
        }
        if (random.nextInt(4) == 0) {
          entries.put("variables", new Entry(true, 0, 0, 0));
        }
        files.put(version, new VersionFiles(Path.of("" + version), entries));
      }
      default -> {}
    }
  }
}

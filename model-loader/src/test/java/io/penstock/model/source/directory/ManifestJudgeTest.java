package io.penstock.model.source.directory;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ManifestJudgeTest {

  private static final String SHARD = "variables/variables.data-00000-of-00001";

  @TempDir private Path temporary;
  private Path base;
  private final ManifestJudge judge = new ManifestJudge();

  @BeforeEach
  void resolveBase() throws IOException {
    base = temporary.toRealPath();
  }

  @Test
  void shouldNameEachMismatch() throws Exception {
    // given
    complete("1");
    write("1/" + SHARD, "other");
    write("1/extra", "x");
    Files.delete(base.resolve("1/assets/vocabulary"));

    // when, then
    assertThat(pending(1))
        .isEqualTo(
            "MANIFEST.sha256 does not match: assets/vocabulary is missing; extra is not listed");

    // when the names are right
    write("1/assets/vocabulary", "assets/vocabulary");
    Files.delete(base.resolve("1/extra"));

    // then
    assertThat(pending(1))
        .isEqualTo(
            "MANIFEST.sha256 does not match: %s has SHA-256 %s (expected: %s)"
                .formatted(SHARD, sha256("other"), sha256(SHARD)));

    // when the contents are too
    write("1/" + SHARD, SHARD);

    // then
    assertThat(pending(1)).isNull();
  }

  @Test
  void shouldWaitForTheManifestAndSayWhatIsWrongWithIt() throws Exception {
    complete("1");
    Files.delete(base.resolve("1/MANIFEST.sha256"));
    assertThat(pending(1)).isEqualTo("MANIFEST.sha256 is missing");

    write("1/MANIFEST.sha256", "soon");
    assertThat(pending(1)).startsWith("MANIFEST.sha256 is no manifest: line 1: soon (expected: ");
  }

  @Test
  void shouldNotReadFilesThatAreStillChanging() throws Exception {
    // given
    complete("1");

    // when, then one look is not enough
    assertThat(look()).containsEntry(1L, "its files have just changed");
    write("1/" + SHARD, "a longer text than before");
    assertThat(look()).containsEntry(1L, "its files have just changed");
    assertThat(look().get(1L)).contains(SHARD + " has SHA-256 ");
  }

  @Test
  void shouldReadOneVersionAScanTheNewestFirst() throws Exception {
    // given
    complete("1");
    complete("2");
    complete("3");
    look();

    // when, then
    assertThat(look()).containsOnlyKeys(1L, 2L);
    assertThat(look()).containsOnlyKeys(1L);
    assertThat(look()).isEmpty();
  }

  @Test
  void shouldReadAgainWhatCouldNotBeRead() throws Exception {
    // given a file that is listed, and cannot be read
    complete("1");
    look();
    SortedMap<Long, VersionFiles> listing = scan().listing();
    Path aside = putAside("1/" + SHARD);
    assertThat(judge.pending(at(0, listing)).get(1L).reason())
        .startsWith("it could not be compared with ");

    // when it can be, as it was
    Files.move(aside, base.resolve("1/" + SHARD));

    // then not at once, but before long
    assertThat(judge.pending(at(59, listing))).containsOnlyKeys(1L);
    assertThat(judge.pending(at(60, listing))).isEmpty();
  }

  @Test
  void shouldNotLetAVersionThatCannotBeReadHoldUpOlderOnes() throws Exception {
    // given a newest version one of whose files cannot be read
    complete("8");
    complete("9");
    look();
    SortedMap<Long, VersionFiles> listing = scan().listing();
    putAside("9/" + SHARD);
    assertThat(judge.pending(at(0, listing))).containsOnlyKeys(8L, 9L);

    // when, then the next scan reads the other, however long the first took
    assertThat(judge.pending(at(3_600, listing))).containsOnlyKeys(9L);
  }

  /** Moves a file away from where it was listed, so that to read it fails, whoever reads. */
  private Path putAside(String path) throws IOException {
    Path aside = base.resolveSibling(base.getFileName() + "-aside");
    return Files.move(base.resolve(path), aside);
  }

  @Test
  void shouldKeepItsVerdictOnWhatCannotBeLookedAt() throws Exception {
    // given
    complete("1");
    assertThat(pending(1)).isNull();

    // when a scan cannot read it, and others would be read by now
    assertThat(judge.pending(new Judge.Scan(new TreeMap<>(), Set.of(1L), 0, 0))).isEmpty();

    // then
    assertThat(look()).isEmpty();
  }

  @Test
  void shouldReadFilesOnceUntilTheyChange() throws Exception {
    // given
    complete("1");
    assertThat(pending(1)).isNull();

    // when other bytes come where no file system tells, then nothing is read again
    Path shard = base.resolve("1").resolve(SHARD);
    Judge.Scan before = scan();
    Files.writeString(shard, "x".repeat(SHARD.length()));
    assertThat(judge.pending(before)).isEmpty();

    // when the time differs
    Files.setLastModifiedTime(shard, FileTime.fromMillis(1));

    // then
    assertThat(pending(1)).contains(SHARD + " has SHA-256 ");
  }

  @Test
  void shouldReadAgainNowAndThenWhatDidNotMatch() throws Exception {
    // given
    complete("1");
    write("1/" + SHARD, "y".repeat(SHARD.length()));
    assertThat(pending(1)).contains(SHARD + " has SHA-256 ");

    // when it is mended where no file system tells
    SortedMap<Long, VersionFiles> listing = scan().listing();
    judge.pending(at(0, listing));
    judge.pending(at(0, listing));
    write("1/" + SHARD, SHARD);

    // then not at once, but before long
    assertThat(judge.pending(at(59, listing))).containsOnlyKeys(1L);
    assertThat(judge.pending(at(60, listing))).isEmpty();
    assertThat(judge.pending(at(61, listing))).isEmpty();
  }

  @Test
  void shouldReadLessAndLessWhatDoesNotMatch() throws Exception {
    // given
    complete("1");
    write("1/" + SHARD, "y".repeat(SHARD.length()));
    pending(1);
    SortedMap<Long, VersionFiles> listing = scan().listing();

    // when it is read a second time, a minute later, and then mended
    judge.pending(at(60, listing));
    write("1/" + SHARD, SHARD);

    // then
    assertThat(judge.pending(at(60 + 119, listing))).containsOnlyKeys(1L);
    assertThat(judge.pending(at(60 + 120, listing))).isEmpty();
  }

  private static Judge.Scan at(long seconds, SortedMap<Long, VersionFiles> listing) {
    long nanos = TimeUnit.SECONDS.toNanos(seconds);
    return new Judge.Scan(listing, Set.of(), nanos, nanos);
  }

  @Test
  void shouldNameTenMismatchesAndCountTheOthers() throws Exception {
    complete("1");
    for (int i = 0; i < 13; i++) {
      write("1/extra%02d".formatted(i), "x");
    }

    assertThat(pending(1)).endsWith("extra09 is not listed; and 3 more");
  }

  /** Against a naive model: complete if, and only if, every byte is as it was sealed. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void shouldTakeWhatIsSealedAndNothingElse(long seed) throws Exception {
    Random random = new Random(seed);
    complete("1");
    SortedMap<String, String> sealed = contents();
    long time = 1;
    for (int step = 0; step < 60; step++) {
      // when something happens to a file, with another time
      String path = sealed.keySet().stream().skip(random.nextInt(sealed.size())).findFirst().get();
      Path file = base.resolve("1").resolve(path);
      switch (random.nextInt(5)) {
        case 0 -> Files.deleteIfExists(file);
        case 1 -> write("1/" + path, "flipped" + random.nextInt(3));
        case 2 -> write("1/assets/new" + random.nextInt(2), "new");
        case 3 -> Files.deleteIfExists(base.resolve("1/assets/new" + random.nextInt(2)));
        default -> write("1/" + path, Objects.requireNonNull(sealed.get(path)));
      }
      if (Files.exists(file)) {
        Files.setLastModifiedTime(file, FileTime.fromMillis(time++));
      }

      // then
      assertThat(pending(1) == null)
          .as("seed %d, step %d: %s", seed, step, contents())
          .isEqualTo(contents().equals(sealed));
    }
  }

  private SortedMap<String, String> contents() throws IOException {
    SortedMap<String, String> contents = new TreeMap<>();
    try (var paths = Files.walk(base.resolve("1"))) {
      for (Path path : paths.filter(Files::isRegularFile).toList()) {
        String name = base.resolve("1").relativize(path).toString();
        if (!name.equals(Manifest.FILE_NAME)) {
          contents.put(name, Files.readString(path));
        }
      }
    }
    return contents;
  }

  /** What a version waits for after as many looks as it takes; null if for nothing. */
  private String pending(long version) throws IOException {
    look();
    return look().get(version);
  }

  private SortedMap<Long, String> look() throws IOException {
    SortedMap<Long, String> reasons = new TreeMap<>();
    judge.pending(scan()).forEach((version, pending) -> reasons.put(version, pending.reason()));
    return reasons;
  }

  private Judge.Scan scan() throws IOException {
    SortedMap<Long, VersionFiles> listing = new TreeMap<>();
    try (var children = Files.list(base)) {
      for (Path child : children.toList()) {
        listing.put(
            Long.parseLong(child.getFileName().toString()),
            VersionFiles.list(child, new Fence(base, Links.INSIDE)));
      }
    }
    return new Judge.Scan(listing, Set.of(), 0, 0);
  }

  /** A version each of whose files holds its own path, with a manifest. */
  private void complete(String version) throws Exception {
    StringBuilder manifest = new StringBuilder();
    for (String path :
        new String[] {"saved_model.pb", "variables/variables.index", SHARD, "assets/vocabulary"}) {
      write(version + "/" + path, path);
      manifest.append(sha256(path)).append("  ").append(path).append('\n');
    }
    write(version + "/MANIFEST.sha256", manifest.toString());
  }

  private static String sha256(String text) throws Exception {
    return HexFormat.of()
        .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)));
  }

  private void write(String path, String content) throws IOException {
    Path file = base.resolve(path);
    Files.createDirectories(Objects.requireNonNull(file.getParent()));
    Files.writeString(file, content);
  }
}

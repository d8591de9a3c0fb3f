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
import java.util.SortedMap;
import java.util.TreeMap;
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
    Judge.Scan scan = scan();
    Path away = base.resolve("1").resolve(SHARD);
    Path aside = base.resolveSibling(base.getFileName() + "-aside");
    Files.move(away, aside);
    assertThat(judge.pending(scan).get(1L)).startsWith("it could not be compared with ");

    // when it can be, as it was
    Files.move(aside, away);

    // then
    assertThat(judge.pending(scan)).isEmpty();
  }

  @Test
  void shouldReadFilesOnceUntilTheyChange() throws Exception {
    // given
    complete("1");
    assertThat(pending(1)).isNull();

    // when other bytes come with the old size and time, as no copy leaves them
    Path shard = base.resolve("1").resolve(SHARD);
    FileTime time = Files.getLastModifiedTime(shard);
    Files.writeString(shard, "x".repeat(SHARD.length()));
    Files.setLastModifiedTime(shard, time);

    // then nothing is read again
    assertThat(pending(1)).isNull();

    // when the time differs
    Files.setLastModifiedTime(shard, FileTime.fromMillis(1));

    // then
    assertThat(pending(1)).contains(SHARD + " has SHA-256 ");
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
    return judge.pending(scan());
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
    return new Judge.Scan(listing, 0, 0);
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

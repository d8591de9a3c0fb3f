package io.penstock.model.source.directory;

import io.penstock.model.files.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a version's directory holds at one moment: every path below it, with sizes and times. Equal
 * when nothing has changed.
 *
 * @param directory where they are, without links
 * @param entries by path relative to the directory, {@code /} between names
 */
record VersionFiles(Path directory, SortedMap<String, Entry> entries) {

  /**
   * A file, or a directory, whose size counts as 0 and whose times do not count (a directory's
   * times change with what it holds, which is listed anyway).
   *
   * @param modifiedMillis which whoever copies may set to what it was elsewhere
   * @param changedNanos when anything about the file was changed, which nobody can set; 0 on
   *     systems that do not tell
   */
  record Entry(boolean directory, long size, long modifiedMillis, long changedNanos) {

    private static final Entry DIRECTORY = new Entry(true, 0, 0, 0);
  }

  /** So many of the files that are missing are named, since there may be thousands. */
  private static final int NAMED = 10;

  // tensorflow/cc/saved_model/constants.h
  private static final String GRAPH = "saved_model.pb";

  /** Other forms of the graph, from the same place and from {@code split_proto}. */
  private static final List<String> OTHER_GRAPHS = List.of("saved_model.pbtxt", "saved_model.cpb");

  private static final String VARIABLES = "variables/";
  private static final String VARIABLES_INDEX = VARIABLES + "variables.index";
  // DataFilename() in tensorflow/core/util/tensor_bundle/naming.cc
  private static final Pattern SHARD =
      Pattern.compile("variables/variables\\.data-(\\d{5})-of-(\\d{5})");

  VersionFiles {
    entries = Collections.unmodifiableSortedMap(new TreeMap<>(entries));
  }

  /**
   * Lists a version's directory. Symbolic links are followed, as volumes of Kubernetes need, where
   * the fence lets them.
   *
   * @throws IOException if something in it cannot be read, is neither file nor directory, is a link
   *     that must not be followed, or vanished meanwhile
   */
  static VersionFiles list(Path child, Fence fence) throws IOException {
    Path directory = fence.follow(child);
    SortedMap<String, Entry> entries = new TreeMap<>();
    for (var found : FileTree.list(directory, fence::check).entrySet()) {
      entries.put(found.getKey(), entry(directory.resolve(found.getKey()), found.getValue()));
    }
    return new VersionFiles(directory, entries);
  }

  private static Entry entry(Path path, BasicFileAttributes attributes) throws IOException {
    if (attributes.isDirectory()) {
      return Entry.DIRECTORY;
    }
    if (!attributes.isRegularFile()) {
      throw new IOException(path + " is neither a file nor a directory");
    }
    return new Entry(
        false, attributes.size(), attributes.lastModifiedTime().toMillis(), changedNanos(path));
  }

  /** Not the file's key, an inode: some network file systems give the same file ever new ones. */
  private static long changedNanos(Path path) throws IOException {
    return path.getFileSystem().supportedFileAttributeViews().contains("unix")
            && Files.getAttribute(path, "unix:ctime") instanceof FileTime time
        ? time.to(TimeUnit.NANOSECONDS)
        : 0;
  }

  /** The paths of files. */
  Set<String> files() {
    return entries.entrySet().stream()
        .filter(entry -> !entry.getValue().directory())
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  /** What keeps these files from being a whole SavedModel, if anything does. */
  Optional<String> missing() {
    TreeSet<String> missing = new TreeSet<>();
    if (!isFile(GRAPH)) {
      Optional<String> other = OTHER_GRAPHS.stream().filter(this::isFile).findFirst();
      if (other.isPresent()) {
        return Optional.of(
            "%s is missing, and its other form %s is not loaded; export the model with %s"
                .formatted(GRAPH, other.get(), GRAPH));
      }
      missing.add(GRAPH);
    }
    // Empty, it is what exporters of graphs without variables leave.
    boolean hasVariables = entries.keySet().stream().anyMatch(name -> name.startsWith(VARIABLES));
    if (hasVariables && !isFile(VARIABLES_INDEX)) {
      missing.add(VARIABLES_INDEX);
    }
    entries.keySet().stream()
        .map(SHARD::matcher)
        .filter(Matcher::matches)
        .map(shard -> Integer.parseInt(shard.group(2)))
        .distinct()
        .forEach(shards -> addMissingShards(shards, missing));
    return missing.isEmpty()
        ? Optional.empty()
        : Optional.of(
            missing.stream()
                .limit(NAMED)
                .map(name -> name + " is missing")
                .collect(Collectors.joining("; ")));
  }

  /** Stands for these files, where they are, as long as none of them changes. */
  String revision() {
    long bytes = entries.values().stream().mapToLong(Entry::size).sum();
    return "%d entries, %d bytes, %08x".formatted(entries.size(), bytes, hashCode());
  }

  /** Whether there is a file of that path. */
  boolean isFile(String path) {
    Entry entry = entries.get(path);
    return entry != null && !entry.directory();
  }

  private void addMissingShards(int shards, Set<String> missing) {
    for (int i = 0; i < shards; i++) {
      String name = "variables/variables.data-%05d-of-%05d".formatted(i, shards);
      if (!isFile(name)) {
        missing.add(name);
      }
    }
  }
}

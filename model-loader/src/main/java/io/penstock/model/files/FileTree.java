package io.penstock.model.files;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.EnumSet;
import java.util.SortedMap;
import java.util.TreeMap;

/** What is below a directory, links followed. Stateless. */
public final class FileTree {

  private FileTree() {}

  /** Is asked before a path is followed. */
  @FunctionalInterface
  public interface Guard {

    /**
     * Lets a path be followed.
     *
     * @throws IOException if it may not be
     */
    void check(Path path) throws IOException;
  }

  /**
   * Every path below a directory, relative to it, with {@code /} between names, in that order.
   *
   * @throws IOException if something cannot be read, or may not be followed
   */
  public static SortedMap<String, BasicFileAttributes> list(Path directory, Guard guard)
      throws IOException {
    SortedMap<String, BasicFileAttributes> found = new TreeMap<>();
    Files.walkFileTree(
        directory,
        EnumSet.of(FileVisitOption.FOLLOW_LINKS),
        Integer.MAX_VALUE,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes)
              throws IOException {
            return path.equals(directory) ? FileVisitResult.CONTINUE : visitFile(path, attributes);
          }

          @Override
          public FileVisitResult visitFile(Path path, BasicFileAttributes attributes)
              throws IOException {
            guard.check(path);
            found.put(directory.relativize(path).toString().replace('\\', '/'), attributes);
            return FileVisitResult.CONTINUE;
          }
        });
    return found;
  }

  /** As {@link #list(Path, Guard)}, wherever links lead. */
  public static SortedMap<String, BasicFileAttributes> list(Path directory) throws IOException {
    return list(directory, path -> {});
  }
}

package io.penstock.demo.service;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A model directory that versions are copied into.
 *
 * @param source where the versions come from: {@code <source>/<version>/}
 * @param target the model directory
 */
public record ModelFolder(Path source, Path target) {

  private static final int PIECES = 4;

  /** Copies a version at once. */
  public void copy(long version) {
    copy(version, file -> {}, () -> {});
  }

  /**
   * Copies a version as a person would over a slow line: file by file, each growing piece by piece
   * under its final name.
   *
   * @param progress is told each file before it is copied
   * @param pause is run after each piece
   */
  public void copy(long version, Consumer<Path> progress, Runnable pause) {
    Path from = source.resolve(String.valueOf(version));
    Path to = target.resolve(String.valueOf(version));
    try {
      for (Path file : files(from)) {
        Path relative = from.relativize(file);
        progress.accept(relative);
        copy(file, to.resolve(relative.toString()), pause);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot copy %s to %s".formatted(from, to), e);
    }
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> walk = Files.walk(folder)) {
      return walk.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private static void copy(Path from, Path to, Runnable pause) throws IOException {
    Files.createDirectories(to.getParent());
    int piece = (int) (Files.size(from) / PIECES) + 1;
    try (InputStream in = Files.newInputStream(from);
        OutputStream out = Files.newOutputStream(to)) {
      for (byte[] bytes = in.readNBytes(piece); bytes.length > 0; bytes = in.readNBytes(piece)) {
        out.write(bytes);
        pause.run();
      }
    }
  }
}

package io.penstock.demo.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ModelFolderTest {

  @TempDir private Path folder;

  @Test
  void shouldCopyFileByFileAndPieceByPiece() throws Exception {
    // given
    Path source = Files.createDirectories(folder.resolve("source/2/variables"));
    Files.writeString(source.resolve("variables.index"), "index");
    Files.writeString(source.resolveSibling("saved_model.pb"), "0123456789");
    Path target = folder.resolve("target");
    List<Path> files = new ArrayList<>();
    List<Long> sizes = new ArrayList<>();
    Path graph = target.resolve("2/saved_model.pb");

    // when
    new ModelFolder(folder.resolve("source"), target)
        .copy(2, files::add, () -> sizes.add(graph.toFile().length()));

    // then
    assertThat(files)
        .containsExactly(Path.of("saved_model.pb"), Path.of("variables/variables.index"));
    assertThat(sizes).startsWith(3L, 6L, 9L, 10L);
    assertThat(graph).hasContent("0123456789");
    assertThat(target.resolve("2/variables/variables.index")).hasContent("index");
  }
}

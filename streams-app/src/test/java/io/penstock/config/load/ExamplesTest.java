package io.penstock.config.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.config.ModelConfig;
import io.penstock.config.PenstockConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every folder of {@code examples/} has a configuration that loads and finds its model. */
final class ExamplesTest {

  static List<Path> examples() throws IOException {
    Path examples =
        Stream.iterate(Path.of("").toAbsolutePath(), Objects::nonNull, Path::getParent)
            .map(folder -> folder.resolve("examples"))
            .filter(Files::isDirectory)
            .findFirst()
            .orElseThrow();
    try (Stream<Path> files = Files.list(examples)) {
      return files.filter(Files::isDirectory).sorted().toList();
    }
  }

  @Test
  void shouldFindTheExamples() throws IOException {
    assertThat(examples())
        .extracting(path -> path.getFileName().toString())
        .contains("cars-mpg", "digits", "reviews");
  }

  @ParameterizedTest
  @MethodSource("examples")
  void shouldLoad(Path example) {
    PenstockConfig config =
        new ConfigLoader(Map.of(), 2, 1L << 30).load(example.resolve("penstock.yaml")).config();

    assertThat(config.models()).hasSize(1);
    assertThat(config.pipelines()).hasSize(1);
    for (ModelConfig model : config.models().values()) {
      assertThat(model.path().resolve("1/saved_model.pb")).isRegularFile();
    }
  }
}
